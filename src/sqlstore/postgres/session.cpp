#include "sqlstore/postgres/session.h"

#include <libpq-fe.h>

#include <algorithm>
#include <utility>

#include "sqlstore/tables/sequences.h"
#include "text/whole_number.h"

namespace updraft::sqlstore {
namespace {

constexpr std::string_view changes_now =
    "SELECT kind, count FROM changes WHERE kind IN ('apps', 'catalogs')";
constexpr std::string_view count_change =
    "INSERT INTO changes (kind, count) VALUES ($1, 1) "
    "ON CONFLICT (kind) DO UPDATE SET count = changes.count + 1";

std::string_view cell(pg_result const* answer, int row, int column) {
    return {PQgetvalue(answer, row, column),
            static_cast<std::size_t>(PQgetlength(answer, row, column))};
}

std::int64_t rows_changed(PostgresAnswer const& answer) {
    return text::read_whole(PQcmdTuples(answer.get())).value_or(0);
}

// Parameters as one text; different lists give different texts.
std::string spelled(std::span<Param const> params) {
    std::string text;
    for (auto const& param : params) {
        if (auto const* number = std::get_if<std::int64_t>(&param.value())) {
            ((text += 'n') += std::to_string(*number)) += ';';
        } else if (auto const* words = std::get_if<std::string_view>(&param.value())) {
            (((text += 't') += std::to_string(words->size())) += ':') += *words;
        } else {
            text += '-';
        }
    }
    return text;
}

Changes read_changes(pg_result const* answer) {
    Changes changes{};
    for (int row = 0; row < PQntuples(answer); ++row) {
        for (std::size_t kind = 0; kind < cached_kinds; ++kind) {
            if (cell(answer, row, 0) != cached_words[kind]) continue;
            auto const count = text::read_whole(cell(answer, row, 1)).value_or(0);
            changes[kind] = static_cast<std::uint64_t>(count);
        }
    }
    return changes;
}

}  // namespace

// All rows of one answer.
struct PostgresSession::Table final : public Rows::Source {
    PostgresSession& session;
    std::string_view sql;
    std::shared_ptr<pg_result const> answer;
    int row = -1;

    Table(PostgresSession& of, std::string_view text, std::shared_ptr<pg_result const> given)
        : session(of), sql(text), answer(std::move(given)) {}

    Result<bool> next() override { return ++row < PQntuples(answer.get()); }
    bool is_null(int column) const override { return PQgetisnull(answer.get(), row, column) != 0; }
    std::int64_t number(int column) const override {
        auto const found =
            is_null(column) ? std::nullopt : text::read_whole(cell(answer.get(), row, column));
        if (!found) session.note_mistype(sql, column, "a whole number");
        return found.value_or(0);
    }
    std::string_view text(int column) const override {
        static constexpr Oid text_type = 25;
        if (is_null(column) || PQftype(answer.get(), column) != text_type) {
            session.note_mistype(sql, column, "text");
            return {};
        }
        return cell(answer.get(), row, column);
    }
};

Result<std::unique_ptr<PostgresSession>> PostgresSession::open(PostgresOptions const& options) {
    TRY_ASSIGN(auto link, PostgresLink::open(options));
    return std::unique_ptr<PostgresSession>(new PostgresSession(std::move(link), options));
}

PostgresSession::PostgresSession(std::unique_ptr<PostgresLink> link, PostgresOptions const& options)
    : link_(std::move(link)),
      statements_(*link_, options.prepare),
      numbers_([this](std::string_view sequence, std::int64_t count) {
          return fetch_numbers(*this, sequence, count);
      }),
      prepare_(options.prepare) {
    if (!prepare_) {
        local_settings_ = postgres_settings(options.durability == Durability::power,
                                            options.lock_timeout, "true");
    }
}
PostgresSession::~PostgresSession() = default;

void PostgresSession::begin(Kind kind) {
    kind_ = kind;
    state_ = State::wanted;
    uncertain_ = false;
    outdated_ = false;
    own_.lines.clear();
    transcript_ = kind == Kind::write ? &own_ : nullptr;
    on_miss_ = OnMiss::ask;
    numbers_.begin();
    statements_.forget_unnamed();
    link_->forget_trouble();
    static_cast<void>(take_touched());
}

// Without a pooler, a snapshot needs no BEGIN: the server opens a transaction at the first command
// and ends it at put_end().
bool PostgresSession::sends_begin() const { return kind_ == Kind::write || !prepare_; }

void PostgresSession::put_begin() {
    if (state_ != State::wanted || changes_statement_ != nullptr) return;
    // Also sends the end that end_read() has left unsent.
    put_unsent_end();
    if (sends_begin()) {
        auto const& words =
            kind_ == Kind::write ? postgres_dialect.begin_write : postgres_dialect.begin_read;
        link_->put(std::string(words));
    }
    if (!local_settings_.empty()) link_->put(local_settings_);
    if (kind_ == Kind::write) link_->put(std::string(postgres_turn));
    changes_place_ = link_->waiting();
    changes_statement_ = &statements_.put(changes_now, PostgresParams({}));
}

Result<void> PostgresSession::check(std::span<PostgresAnswer const> answers,
                                    std::string_view doing) {
    for (auto const& answer : answers) {
        if (!failed(answer)) continue;
        state_ = state_ == State::none ? State::none : State::broken;
        return link_->failure(answer.get(), doing);
    }
    return {};
}

// Handles the answers to the commands of put_begin(); the last one has the counts of changes.
Result<void> PostgresSession::begun(std::span<PostgresAnswer const> answers) {
    state_ = State::open;
    TRY(check(answers, "the beginning of a transaction"));
    if (!learn_ || learn_(read_changes(answers.back().get()))) return {};
    outdated_ = true;
    if (kind_ == Kind::read) return {};
    link_->note(PostgresTrouble::stale);
    state_ = State::broken;
    return fail(Errc::busy, "what was remembered has changed meanwhile");
}

Result<void> PostgresSession::ensure_begun() {
    if (state_ != State::wanted) return {};
    TRY(send());
    return {};
}

Result<void> PostgresSession::put(std::string_view sql, std::span<Param const> params) {
    if (state_ == State::broken) {
        return fail(kind_ == Kind::read ? Errc::unavailable : Errc::internal,
                    "the transaction has failed, and cannot go on with: " +
                        std::string(sql.substr(0, 200)));
    }
    PostgresParams const given(params);
    if (!given.storable()) {
        return fail(Errc::invalid, "a text with a zero byte in it cannot be stored");
    }
    put_begin();
    auto const first = link_->waiting();
    auto& statement = statements_.put(sql, given);
    writes_ += statement.writes ? 1 : 0;
    put_.push_back({.statement = &statement,
                    .first = first,
                    .commands = link_->waiting() - first,
                    .transcript = nullptr,
                    .line = 0,
                    .unless_changed = {}});
    return {};
}

// Distributes the answers of a batch to their statements and transcripts. Stops at the first
// failure, because the later commands were not executed.
Result<void> PostgresSession::hear(std::vector<PostgresAnswer>& answers) {
    auto const put = std::exchange(put_, {});
    auto* const looking = std::exchange(changes_statement_, nullptr);
    for (auto const& one : put) one.statement->learn(answers[one.first]);
    if (looking != nullptr) {
        looking->learn(answers[changes_place_]);
        auto const end = put.empty() ? answers.size() : put.front().first;
        TRY(begun(std::span(answers).first(end)));
    }
    for (auto const& one : put) {
        auto const own = std::span(answers).subspan(one.first, one.commands);
        TRY(check(own, one.statement->sql));
        if (one.unless_changed && rows_changed(own.back()) == 0) {
            state_ = State::broken;
            return tl::unexpected<Error>(*one.unless_changed);
        }
        if (one.transcript != nullptr) {
            one.transcript->lines[one.line].answer = std::move(own.back());
        }
    }
    return {};
}

// Sends the batch. A snapshot stays open between batches. A transaction that writes ends each batch
// with a sync, because the server's timeout for idle transactions needs it. Behind a pooler every
// batch ends with a sync, because the pooler counts them to find out when a session is free.
Result<std::vector<PostgresAnswer>> PostgresSession::send() {
    put_begin();
    auto const open_end = state_ != State::none && !sends_begin();
    TRY_ASSIGN(auto answers, open_end ? link_->exchange_open() : link_->exchange());
    TRY(hear(answers));
    return answers;
}

// Sends a statement at once; its answer is not kept in the transcript.
Result<PostgresAnswer> PostgresSession::ask(std::string_view sql, std::span<Param const> params) {
    forget_answers();
    TRY(put(sql, params));
    TRY_ASSIGN(auto answers, send());
    return std::move(answers.back());
}

// Called before a change: earlier answers may no longer be right.
void PostgresSession::forget_answers() {
    for (auto& one : put_) one.transcript = nullptr;
    if (transcript_ != nullptr) transcript_->lines.clear();
}

void PostgresSession::follow(Transcript& transcript, OnMiss on_miss) {
    transcript_ = &transcript;
    transcript_->waits = false;
    on_miss_ = on_miss;
}

// The index of that query in the transcript; adds it if it is new.
Result<std::size_t> PostgresSession::line_of(std::string_view sql, std::span<Param const> params) {
    auto spelt = spelled(params);
    auto& lines = transcript_->lines;
    auto const known = std::ranges::find_if(lines, [&](Transcript::Line const& line) {
        return line.params == spelt && line.sql == sql;
    });
    if (known != lines.end()) return static_cast<std::size_t>(known - lines.begin());
    TRY(put(sql, params));
    put_.back().transcript = transcript_;
    put_.back().line = lines.size();
    lines.push_back({put_.back().statement->sql, std::move(spelt), nullptr});
    return lines.size() - 1;
}

Result<Rows> PostgresSession::answer_of(std::string_view sql, std::span<Param const> params) {
    TRY_ASSIGN(auto const at, line_of(sql, params));
    auto& lines = transcript_->lines;
    if (lines[at].answer == nullptr && on_miss_ == OnMiss::ask) TRY(send());
    if (lines[at].answer != nullptr) {
        return Rows(std::make_unique<Table>(*this, lines[at].sql, lines[at].answer));
    }
    transcript_->waits = true;
    return fail(Errc::busy, "the answer is on its way");
}

void PostgresSession::expect_params(std::string_view sql, std::span<Param const> params) {
    if (transcript_ == nullptr || state_ == State::broken) return;
    // An error is ignored here: the same query fails again when its rows are read.
    static_cast<void>(line_of(sql, params));
}

Result<Rows> PostgresSession::query_params(std::string_view sql, std::span<Param const> params) {
    if (transcript_ != nullptr && !changes_rows(sql)) return answer_of(sql, params);
    TRY_ASSIGN(auto answer, ask(sql, params));
    return Rows(std::make_unique<Table>(*this, sql, std::move(answer)));
}

Result<std::int64_t> PostgresSession::execute_params(std::string_view sql,
                                                     std::span<Param const> params) {
    TRY_ASSIGN(auto const answer, ask(sql, params));
    return rows_changed(answer);
}

Result<void> PostgresSession::change_params(std::string_view sql, std::span<Param const> params,
                                            std::optional<Error> unless_changed) {
    if (state_ == State::none) {
        TRY_ASSIGN(auto const changed, execute_params(sql, params));
        if (changed > 0 || !unless_changed) return {};
        return tl::unexpected<Error>(*std::move(unless_changed));
    }
    forget_answers();
    TRY(put(sql, params));
    put_.back().unless_changed = std::move(unless_changed);
    if (put_.size() < put_max) return {};
    TRY(send());
    return {};
}

Result<void> PostgresSession::script(std::string const& sql) { return link_->script(sql); }

void PostgresSession::put_commit(std::uint32_t touched) {
    for (std::size_t kind = 0; kind < cached_kinds; ++kind) {
        if ((touched & touched_bit(static_cast<Cached>(kind))) == 0) continue;
        std::array<Param, 1> const params{Param(cached_words[kind])};
        link_->put(std::string(count_change), PostgresParams(params));
    }
    link_->put(std::string(postgres_dialect.commit));
}

Result<void> PostgresSession::commit(std::uint32_t touched) {
    if (state_ == State::wanted && put_.empty()) state_ = State::none;  // No statement was sent.
    if (state_ == State::none) return {};
    // A lost connection must be noticed before the commit: otherwise it would be unknown whether
    // the commit was executed.
    if (state_ == State::wanted) TRY(send());
    auto const own = link_->waiting();
    put_commit(touched);
    auto answers = link_->exchange();
    if (!answers) {
        uncertain_ = true;
        return pass(answers);
    }
    TRY(hear(*answers));
    TRY(check(std::span(*answers).subspan(own), postgres_dialect.commit));
    // COMMIT rolls back a transaction that has failed, and its answer says so.
    std::string_view const said = PQcmdStatus(answers->back().get());
    state_ = State::none;
    if (said == postgres_dialect.commit) return {};
    return fail(Errc::internal, "PostgreSQL answered a COMMIT with " + std::string(said));
}

// Removes commands that are no longer needed, so that they do not become part of the next
// transaction. They are sent nevertheless, to find out whether the server has prepared their
// statements.
void PostgresSession::discard_batch() {
    forget_answers();
    if (link_->waiting() > 0 && !link_->lost()) static_cast<void>(send());
    put_.clear();
    changes_statement_ = nullptr;
}

void PostgresSession::roll_back() {
    discard_batch();
    if (state_ == State::open || state_ == State::broken) {
        link_->put(std::string(postgres_dialect.rollback));
        link_->send_away();
    }
    state_ = State::none;
    transcript_ = nullptr;
    static_cast<void>(take_touched());
}

void PostgresSession::end_read() {
    discard_batch();
    end_unsent_ = end_unsent_ || state_ == State::open || state_ == State::broken;
    state_ = State::none;
    transcript_ = nullptr;
}

void PostgresSession::put_unsent_end() {
    if (!std::exchange(end_unsent_, false)) return;
    // After a failure, COMMIT rolls back.
    if (!prepare_) link_->put(std::string(postgres_dialect.commit));
    link_->put_end();
}

void PostgresSession::end_snapshot() {
    if (!end_unsent_) return;
    put_unsent_end();
    link_->push();
}

}  // namespace updraft::sqlstore
