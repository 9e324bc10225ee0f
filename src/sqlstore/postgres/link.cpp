#include "sqlstore/postgres/link.h"

#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "sqlstore/dialect.h"
#include "sqlstore/postgres/url_files.h"
#include "text/userinfo.h"

namespace updraft::sqlstore {
namespace {

// The server ends a statement after 60 s (dialect.cpp); this limit is for a server that does not
// answer.
constexpr int answer_timeout_ms = 75'000;
constexpr int answer_timeout_at_end_ms = 1'000;

constexpr unsigned type_of_number = 20;  // int8
constexpr unsigned type_of_text = 25;
constexpr int binary = 1;
constexpr int as_text = 0;

void ignore_notices(void*, PGresult const*) {}

bool failed(PGresult const* answer) {
    auto const status = PQresultStatus(answer);
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
           status != PGRES_SINGLE_TUPLE && status != PGRES_EMPTY_QUERY;
}

struct Meaning {
    std::string_view sqlstate;  // Or the beginning of it.
    Errc code;
    PostgresTrouble trouble;
    std::string_view told = {};  // To clients, for a code whose text they get.
};
// The first entry that matches is used.
constexpr auto meanings = std::to_array<Meaning>({
    {"23505", Errc::conflict, PostgresTrouble::none, told_of_conflict},
    {"40001", Errc::busy, PostgresTrouble::contention},  // serialization failure
    {"40P01", Errc::busy, PostgresTrouble::contention},  // deadlock
    {"55P03", Errc::busy, PostgresTrouble::waited},      // lock timeout
    // After another instance's migration a prepared plan is no longer valid: a new connection
    // prepares it again.
    {"0A000", Errc::unavailable, PostgresTrouble::lost},
    {"57014", Errc::unavailable, PostgresTrouble::none},  // statement timeout
    {"57P", Errc::unavailable, PostgresTrouble::lost},    // shut down, starting up
    {"25P03", Errc::unavailable, PostgresTrouble::lost},  // idle in a transaction too long
    {"22021", Errc::invalid, PostgresTrouble::none, "a text is not UTF-8"},
    {"08", Errc::unavailable, PostgresTrouble::lost},     // connection exceptions
    {"53", Errc::unavailable, PostgresTrouble::none},     // disk full, out of memory
    {"25006", Errc::unavailable, PostgresTrouble::lost},  // read-only: it has become a standby
    {"58", Errc::unavailable, PostgresTrouble::none},     // the server's disk
    {"XX001", Errc::corrupt, PostgresTrouble::none},
    {"XX002", Errc::corrupt, PostgresTrouble::none},
});

// A statement that we prepared is missing, or its name is used by another client's statement: a
// pooler gives each of our transactions another session.
bool comes_of_a_pooler(std::string_view sqlstate) {
    return sqlstate == "26000" || sqlstate == "42P05";
}

// Rejects a URL with an unencoded '/' in the password: libpq would read parts of the password as
// the port and the database name, and repeat them in the error of a failed connection.
bool plausible(PQconninfoOption const* part) {
    for (; part->keyword != nullptr; ++part) {
        std::string_view const name = part->keyword;
        std::string_view const value = part->val == nullptr ? "" : part->val;
        if (name == "port" && value.find_first_not_of("0123456789,") != std::string_view::npos) {
            return false;
        }
        if (name == "dbname" && value.find('@') != std::string_view::npos) return false;
    }
    return true;
}

std::string connect_error(PGconn const* connection) {
    std::string text = PQerrorMessage(connection);
    std::ranges::replace(text, '\n', ' ');
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

// The same, with the file's own name where libpq names the copy in memory.
std::string connect_error(PGconn const* connection, PasswordFile const& passwords) {
    auto text = connect_error(connection);
    auto const at = text.find(passwords.path());
    if (at != std::string::npos) text.replace(at, passwords.path().size(), passwords.named());
    return text;
}

// Without this hook OpenSSL would ask for the pass phrase of a key on the terminal. This one gives
// it `sslpassword`, or nothing.
void never_ask_for_pass_phrases() {
    static std::once_flag once;
    std::call_once(once, [] { PQsetSSLKeyPassHook_OpenSSL(PQdefaultSSLKeyPassHook_OpenSSL); });
}

}  // namespace

Result<void> check_postgres_url(std::string const& url) {
    // libpq would take the rest of such a password for the host's name, and tell it in its errors.
    if (!text::has_encoded_userinfo(url)) {
        return fail(Errc::invalid,
                    "has a special character in its user or password that is not percent-encoded: "
                    "write '@' as %40, '/' as %2F, '#' as %23, '?' as %3F, '%' as %25");
    }
    char* trouble = nullptr;
    auto* const parts = PQconninfoParse(url.c_str(), &trouble);
    // libpq's message is not repeated: it quotes parts of the URL, and a part may be the password.
    PQfreemem(trouble);
    auto const right = parts != nullptr && plausible(parts);
    PQconninfoFree(parts);
    if (right) return {};
    return fail(Errc::invalid,
                "is no URL of a PostgreSQL database: postgresql://USER:PASSWORD@HOST:PORT/NAME, "
                "with special characters in its parts percent-encoded");
}

void FreeAnswer::operator()(pg_result* answer) const { PQclear(answer); }

PostgresParams::PostgresParams(std::span<Param const> params) : numbers_(params.size()) {
    types.reserve(params.size());
    values.reserve(params.size());
    lengths.reserve(params.size());
    formats.assign(params.size(), binary);
    for (std::size_t i = 0; i < params.size(); ++i) {
        auto const& value = params[i].value();
        if (auto const* number = std::get_if<std::int64_t>(&value)) {
            numbers_[i] = htobe64(static_cast<std::uint64_t>(*number));
            types.push_back(type_of_number);
            values.push_back(reinterpret_cast<char const*>(&numbers_[i]));
            lengths.push_back(sizeof(std::uint64_t));
        } else if (auto const* text = std::get_if<std::string_view>(&value)) {
            types.push_back(type_of_text);
            values.push_back(text->empty() ? "" : text->data());
            lengths.push_back(static_cast<int>(text->size()));
            storable_ = storable_ && text->find('\0') == std::string_view::npos;
        } else {
            types.push_back(0);
            values.push_back(nullptr);
            lengths.push_back(0);
        }
    }
}

Result<std::unique_ptr<PostgresLink>> PostgresLink::open(PostgresOptions const& options) {
    never_ask_for_pass_phrases();
    TRY_ASSIGN(auto const passwords, read_postgres_files(options.url));
    auto const password_file = passwords ? passwords->path() : std::string();
    // A later value replaces an earlier one: the URL has priority, but for the password file, which
    // is our copy of the one that it names. An empty value counts as absent.
    static constexpr std::array<char const*, 12> names{
        "connect_timeout",           "application_name", "keepalives_idle", "keepalives_interval",
        "keepalives_count",          "tcp_user_timeout", "client_encoding", "target_session_attrs",
        "fallback_application_name", "dbname",           "passfile",        nullptr};
    std::array<char const*, 12> const values{"5",
                                             options.application.c_str(),
                                             "10",
                                             "3",
                                             "3",
                                             "15000",
                                             "UTF8",
                                             "read-write",
                                             "updraft",
                                             options.url.c_str(),
                                             password_file.c_str(),
                                             nullptr};
    auto* const connection = PQconnectdbParams(names.data(), values.data(), 1);
    if (connection == nullptr) return fail(Errc::unavailable, "no memory to connect");
    std::unique_ptr<PostgresLink> link(new PostgresLink(connection));
    link->answer_timeout_ms_ = answer_timeout_ms;
    link->hurry_ = options.hurry;
    if (PQstatus(connection) != CONNECTION_OK) {
        return fail(Errc::unavailable,
                    "PostgreSQL: " + (passwords ? connect_error(connection, *passwords)
                                                : connect_error(connection)));
    }
    PQsetNoticeReceiver(connection, ignore_notices, nullptr);
    TRY(link->set_up(options));
    return link;
}

Result<void> PostgresLink::set_up(PostgresOptions const& options) {
    std::string_view const encoding = PQparameterStatus(connection_, "server_encoding");
    if (encoding != "UTF8") {
        return fail(Errc::invalid, "the database's encoding is " + std::string(encoding) +
                                       ": make one with ENCODING 'UTF8'");
    }
    if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1) {
        return lose(connect_error(connection_));
    }
    // Behind a pooler the next transaction may get another session, so each transaction sends the
    // settings.
    if (!options.prepare) return {};
    put(postgres_settings(options.durability == Durability::power, options.lock_timeout, "false"));
    TRY_ASSIGN(auto const answers, exchange());
    if (failed(answers.front().get())) return failure(answers.front().get(), "session settings");
    return {};
}

PostgresLink::~PostgresLink() { PQfinish(connection_); }

void PostgresLink::sent(int accepted) {
    if (accepted == 1) {
        ++batched_;
        expected_.push_back(Expected::answer);
    } else {
        static_cast<void>(lose(connect_error(connection_)));
    }
}

void PostgresLink::put(std::string const& sql) {
    sent(PQsendQueryParams(connection_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                           as_text));
}

void PostgresLink::put(std::string const& sql, PostgresParams const& params) {
    sent(PQsendQueryParams(connection_, sql.c_str(), params.count(), params.types.data(),
                           params.values.data(), params.lengths.data(), params.formats.data(),
                           as_text));
}

void PostgresLink::put_prepare(std::string const& name, std::string const& sql,
                               PostgresParams const& params) {
    sent(
        PQsendPrepare(connection_, name.c_str(), sql.c_str(), params.count(), params.types.data()));
}

void PostgresLink::put_prepared(std::string const& name, PostgresParams const& params) {
    sent(PQsendQueryPrepared(connection_, name.c_str(), params.count(), params.values.data(),
                             params.lengths.data(), params.formats.data(), as_text));
}

void PostgresLink::put_end() {
    if (lost_) return;
    if (PQpipelineSync(connection_) == 1) {
        expected_.push_back(Expected::end);
    } else {
        static_cast<void>(lose(connect_error(connection_)));
    }
}

void PostgresLink::push() {
    batched_ = 0;
    if (!lost_) PQflush(connection_);
}

void PostgresLink::send_away() {
    put_end();
    push();
}

Result<std::vector<PostgresAnswer>> PostgresLink::exchange() {
    auto const own = std::exchange(batched_, 0);
    put_end();
    return collect(own);
}

Result<std::vector<PostgresAnswer>> PostgresLink::exchange_open() {
    auto const own = std::exchange(batched_, 0);
    if (!lost_ && PQsendFlushRequest(connection_) != 1) return lose(connect_error(connection_));
    return collect(own);
}

// Reads all outstanding answers, and returns the last `own` of them.
Result<std::vector<PostgresAnswer>> PostgresLink::collect(std::size_t own) {
    auto thrown_away = static_cast<std::size_t>(std::ranges::count(expected_, Expected::answer) -
                                                static_cast<std::ptrdiff_t>(own));
    std::vector<PostgresAnswer> answers;
    answers.reserve(own);
    while (!expected_.empty()) {
        TRY_ASSIGN(auto answer, next());
        if (!answer) continue;  // The end of one command's answers.
        auto const is_end = PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC;
        if (is_end != (expected_.front() == Expected::end)) {
            return lose("PostgreSQL's answers do not fit what it was asked");
        }
        expected_.pop_front();
        if (is_end) continue;
        if (thrown_away > 0) {
            --thrown_away;
        } else {
            answers.push_back(std::move(answer));
        }
    }
    return answers;
}

Result<PostgresAnswer> PostgresLink::next() {
    if (lost_) return fail(Errc::unavailable, "the connection to PostgreSQL was lost");
    while (PQisBusy(connection_) != 0) {
        if (!wait()) return lose("PostgreSQL does not answer");
        if (PQconsumeInput(connection_) == 0) return lose(connect_error(connection_));
    }
    PostgresAnswer answer(PQgetResult(connection_));
    if (PQstatus(connection_) == CONNECTION_BAD) return lose(connect_error(connection_));
    return answer;
}

// Waits for data from the server. False when none came before the timeout.
bool PostgresLink::wait() {
    auto timeout = answer_timeout_ms_;
    std::array<pollfd, 2> watched{};
    auto& [server, hurry] = watched;
    server.fd = PQsocket(connection_);
    hurry = {.fd = hurry_, .events = POLLIN, .revents = 0};  // Not watched while it is -1.
    for (;;) {
        auto const unsent = PQflush(connection_);
        server.events = static_cast<short>(unsent == 1 ? POLLIN | POLLOUT : POLLIN);
        auto const ready = ::poll(watched.data(), watched.size(), timeout);
        if (ready == 0) return false;
        // Errors are reported by libpq when it reads.
        if (ready < 0 || (server.revents & ~POLLOUT) != 0) return true;
        if (hurry.revents == 0) continue;
        hurry = {.fd = -1, .events = 0, .revents = 0};
        timeout = std::min(timeout, answer_timeout_at_end_ms);
    }
}

Result<void> PostgresLink::script(std::string const& sql) {
    if (PQpipelineStatus(connection_) != PQ_PIPELINE_OFF && PQexitPipelineMode(connection_) != 1) {
        return lose(connect_error(connection_));
    }
    if (PQsendQuery(connection_, sql.c_str()) != 1) return lose(connect_error(connection_));
    Result<void> outcome;
    for (;;) {
        TRY_ASSIGN(auto const answer, next());
        if (!answer) break;
        if (outcome && failed(answer.get())) outcome = failure(answer.get(), sql);
    }
    if (PQenterPipelineMode(connection_) != 1) return lose(connect_error(connection_));
    return outcome;
}

tl::unexpected<Error> PostgresLink::failure(pg_result const* answer, std::string_view doing) {
    auto const field = [answer](int which) {
        auto const* const text = PQresultErrorField(answer, which);
        return std::string_view(text == nullptr ? "" : text);
    };
    auto const sqlstate = field(PG_DIAG_SQLSTATE);
    auto detail = "PostgreSQL: " + std::string(field(PG_DIAG_MESSAGE_PRIMARY)) + " (" +
                  std::string(sqlstate) + ") in: " + std::string(doing.substr(0, 200));
    if (sqlstate.empty()) {
        // The command was not executed, because an earlier one of its batch failed. Callers report
        // the failed one only.
        return fail(Errc::internal, std::move(detail));
    }
    if (comes_of_a_pooler(sqlstate)) {
        detail +=
            ": with a pooler that gives each transaction another session, set prepare = false";
    }
    for (auto const& meaning : meanings) {
        if (!sqlstate.starts_with(meaning.sqlstate)) continue;
        note(meaning.trouble);
        lost_ = lost_ || meaning.trouble == PostgresTrouble::lost;
        return fail(meaning.code, std::move(detail), std::string(meaning.told));
    }
    return fail(Errc::internal, std::move(detail));
}

tl::unexpected<Error> PostgresLink::lose(std::string why) {
    lost_ = true;
    note(PostgresTrouble::lost);
    return fail(Errc::unavailable, std::move(why));
}

}  // namespace updraft::sqlstore
