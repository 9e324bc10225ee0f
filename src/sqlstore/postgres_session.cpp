#include "sqlstore/postgres_session.h"

#include <libpq-fe.h>

#include <atomic>
#include <charconv>
#include <mutex>
#include <utility>

namespace updraft::sqlstore {
namespace {

// Statements kept by name; texts built anew each time must not fill the server's memory.
constexpr std::size_t statements_max = 1024;

constexpr std::array<std::string_view, cached_kinds> kind_words{"apps", "catalogs"};
std::string const changes_now =
    "SELECT kind, count FROM changes WHERE kind IN ('apps', 'catalogs')";
std::string const count_change =
    "INSERT INTO changes (kind, count) VALUES ($1, 1) "
    "ON CONFLICT (kind) DO UPDATE SET count = changes.count + 1";

struct PrepareListener {
    std::mutex mutex;
    std::function<void(std::string_view)> tell;
    std::atomic<bool> wanted{false};
};
PrepareListener& prepare_listener() {
    static PrepareListener listener;
    return listener;
}

bool failed(PostgresAnswer const& answer) {
    auto const status = PQresultStatus(answer.get());
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

std::string_view cell(pg_result const* answer, int row, int column) {
    return {PQgetvalue(answer, row, column),
            static_cast<std::size_t>(PQgetlength(answer, row, column))};
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [stopped, trouble] = std::from_chars(text.data(), end, number);
    if (trouble != std::errc{} || stopped != end) return std::nullopt;
    return number;
}

bool changes_rows(std::string_view sql) {
    return !sql.starts_with("SELECT") && !sql.starts_with("WITH");
}

Changes read_changes(pg_result const* answer) {
    Changes changes{};
    for (int row = 0; row < PQntuples(answer); ++row) {
        for (std::size_t kind = 0; kind < cached_kinds; ++kind) {
            if (cell(answer, row, 0) != kind_words[kind]) continue;
            auto const count = whole_number(cell(answer, row, 1)).value_or(0);
            changes[kind] = static_cast<std::uint64_t>(count);
        }
    }
    return changes;
}

}  // namespace

struct PostgresSession::Statement {
    std::string sql;
    std::string name;    // Empty: not to be kept.
    bool ready = false;  // The server knows it.
    bool writes = false;
};

// All rows of one answer.
struct PostgresSession::Table final : public Rows::Source {
    PostgresSession& session;
    std::string_view sql;
    PostgresAnswer answer;
    int row = -1;

    Table(PostgresSession& of, std::string_view text, PostgresAnswer given)
        : session(of), sql(text), answer(std::move(given)) {}

    Result<bool> next() override { return ++row < PQntuples(answer.get()); }
    bool is_null(int column) const override { return PQgetisnull(answer.get(), row, column) != 0; }
    std::int64_t number(int column) const override {
        auto const found =
            is_null(column) ? std::nullopt : whole_number(cell(answer.get(), row, column));
        if (!found) session.mistyped(sql, column, "a whole number");
        return found.value_or(0);
    }
    std::string_view text(int column) const override {
        static constexpr Oid text_type = 25;
        if (is_null(column) || PQftype(answer.get(), column) != text_type) {
            session.mistyped(sql, column, "text");
            return {};
        }
        return cell(answer.get(), row, column);
    }
};

Result<std::unique_ptr<PostgresSession>> PostgresSession::open(PostgresOptions const& options,
                                                               NumberSource* numbers) {
    TRY_ASSIGN(auto link, PostgresLink::open(options));
    return std::unique_ptr<PostgresSession>(new PostgresSession(std::move(link), options, numbers));
}

PostgresSession::PostgresSession(std::unique_ptr<PostgresLink> link, PostgresOptions const& options,
                                 NumberSource* numbers)
    : link_(std::move(link)), numbers_(numbers), prepare_(options.prepare) {
    if (!prepare_) {
        local_settings_ = postgres_settings(options.durability == Durability::power, "true");
    }
}
PostgresSession::~PostgresSession() = default;

// The statement with that text; one that the server does not know yet is put before it.
PostgresSession::Statement& PostgresSession::statement(std::string_view sql,
                                                       PostgresParams const& params) {
    auto const known = statements_.find(sql);
    if (known != statements_.end()) {
        auto& found = *known->second;
        if (!found.ready && !found.name.empty()) link_->put_prepare(found.name, found.sql, params);
        return found;
    }
    if (statements_.size() >= 2 * statements_max) {
        std::erase_if(statements_, [](auto const& kept) { return kept.second->name.empty(); });
    }
    auto made = std::make_unique<Statement>();
    made->sql = sql;
    made->writes = changes_rows(sql);
    if (prepare_ && names_ < statements_max) {
        made->name = "u" + std::to_string(names_++);
        link_->put_prepare(made->name, made->sql, params);
    }
    if (prepare_listener().wanted.load(std::memory_order_relaxed)) {
        std::scoped_lock const lock(prepare_listener().mutex);
        if (prepare_listener().tell) prepare_listener().tell(sql);
    }
    std::string_view const key = made->sql;
    return *statements_.emplace(key, std::move(made)).first->second;
}

void PostgresSession::begin(std::string_view words) {
    state_ = State::wanted;
    begin_words_ = words;
    uncertain_ = false;
    link_->forget_trouble();
    static_cast<void>(take_touched());
}

// How many commands it put before those that follow.
std::size_t PostgresSession::put_begin() {
    if (state_ != State::wanted) return 0;
    // What end_read() left goes out with what begins now.
    if (std::exchange(owes_commit_, false)) link_->put(std::string(postgres_dialect.commit));
    link_->put(std::string(begin_words_));
    if (!local_settings_.empty()) link_->put(local_settings_);
    auto const& looking = statement(changes_now, PostgresParams({}));
    if (looking.name.empty()) {
        link_->put(looking.sql);
    } else {
        link_->put_prepared(looking.name, PostgresParams({}));
    }
    return link_->waiting();
}

Result<void> PostgresSession::check(std::span<PostgresAnswer const> answers,
                                    std::string_view doing) {
    for (auto const& answer : answers) {
        if (!failed(answer)) continue;
        state_ = state_ == State::none ? State::none : State::spoilt;
        return link_->failure(answer.get(), doing);
    }
    return {};
}

// The answers to what put_begin() put, the last of which tells about changes.
Result<void> PostgresSession::begun(std::span<PostgresAnswer const> answers) {
    if (state_ != State::wanted) return {};
    state_ = State::open;
    // It may have been prepared, and then failed.
    auto& looking = *statements_.find(changes_now)->second;
    looking.ready = looking.ready || !failed(answers.back());
    TRY(check(answers, begin_words_));
    if (!learn_ || learn_(read_changes(answers.back().get()))) return {};
    link_->note(PostgresTrouble::stale);
    state_ = State::spoilt;
    return fail(Errc::busy, "what was remembered has changed meanwhile");
}

Result<void> PostgresSession::ensure_begun() {
    if (state_ != State::wanted) return {};
    put_begin();
    TRY_ASSIGN(auto const answers, link_->exchange());
    return begun(answers);
}

Result<PostgresAnswer> PostgresSession::ask(std::string_view sql, std::span<Param const> params) {
    if (state_ == State::spoilt) {
        return fail(Errc::internal, "the transaction has failed, and cannot go on with: " +
                                        std::string(sql.substr(0, 200)));
    }
    PostgresParams const given(params);
    if (!given.storable()) {
        return fail(Errc::invalid, "a text with a zero byte in it cannot be stored");
    }
    auto const first = put_begin();
    auto& asked = statement(sql, given);
    if (asked.name.empty()) {
        link_->put(asked.sql, given);
    } else {
        link_->put_prepared(asked.name, given);
    }
    TRY_ASSIGN(auto answers, link_->exchange());
    auto const own = std::span(answers).subspan(first);
    asked.ready = asked.ready || !failed(own.front());
    TRY(begun(std::span(answers).first(first)));
    TRY(check(own, asked.sql));
    writes_ += asked.writes ? 1 : 0;
    return std::move(own.back());
}

Result<Rows> PostgresSession::query_params(std::string_view sql, std::span<Param const> params) {
    TRY_ASSIGN(auto answer, ask(sql, params));
    return Rows(std::make_unique<Table>(*this, sql, std::move(answer)));
}

Result<std::int64_t> PostgresSession::execute_params(std::string_view sql,
                                                     std::span<Param const> params) {
    TRY_ASSIGN(auto const answer, ask(sql, params));
    return whole_number(PQcmdTuples(answer.get())).value_or(0);
}

Result<void> PostgresSession::script(std::string const& sql) { return link_->script(sql); }

void PostgresSession::put_commit(std::uint32_t touched) {
    for (std::size_t kind = 0; kind < cached_kinds; ++kind) {
        if ((touched & touched_bit(static_cast<Cached>(kind))) == 0) continue;
        std::array<Param, 1> const params{Param(kind_words[kind])};
        link_->put(count_change, PostgresParams(params));
    }
    link_->put(std::string(postgres_dialect.commit));
}

Result<void> PostgresSession::commit(std::uint32_t touched) {
    if (state_ == State::wanted) state_ = State::none;  // Nothing was asked.
    if (state_ == State::none) return {};
    put_commit(touched);
    auto answers = link_->exchange();
    if (!answers) {
        uncertain_ = true;
        return pass(answers);
    }
    TRY(check(*answers, postgres_dialect.commit));
    // A transaction that had failed is rolled back by a COMMIT, which then says so.
    std::string_view const said = PQcmdStatus(answers->back().get());
    state_ = State::none;
    if (said == postgres_dialect.commit) return {};
    return fail(Errc::internal, "PostgreSQL answered a COMMIT with " + std::string(said));
}

void PostgresSession::roll_back() {
    if (state_ == State::open || state_ == State::spoilt) {
        link_->put(std::string(postgres_dialect.rollback));
        link_->send_away();
    }
    state_ = State::none;
    static_cast<void>(take_touched());
}

void PostgresSession::end_read() {
    if (state_ == State::spoilt) return roll_back();
    owes_commit_ = owes_commit_ || state_ == State::open;
    state_ = State::none;
}

void PostgresSession::hush() {
    if (!std::exchange(owes_commit_, false)) return;
    link_->put(std::string(postgres_dialect.commit));
    link_->send_away();
}

Result<void> PostgresSession::take_mistype() {
    if (mistype_.empty()) return {};
    return fail(Errc::corrupt, std::exchange(mistype_, {}));
}

void PostgresSession::mistyped(std::string_view sql, int column, std::string_view wanted) {
    if (!mistype_.empty()) return;
    mistype_ = "column " + std::to_string(column) + " is not " + std::string(wanted) +
               " in: " + std::string(sql.substr(0, 200));
}

void PostgresSession::on_prepare(std::function<void(std::string_view)> listener) {
    std::scoped_lock const lock(prepare_listener().mutex);
    prepare_listener().wanted = listener != nullptr;
    prepare_listener().tell = std::move(listener);
}

}  // namespace updraft::sqlstore
