// A session on a PostgreSQL server.
//
// Lives here: transactions that begin with their first statement, sending statements in batches,
//             rows.
// Not here:   the connection (postgres/link), prepared statements (postgres/statements), repeating
//             a transaction (postgres/write_runner, postgres/read_runner).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sqlstore/dialect.h"
#include "sqlstore/postgres/link.h"
#include "sqlstore/postgres/statements.h"
#include "sqlstore/session.h"
#include "sqlstore/tables/caches.h"
#include "sqlstore/tables/number_pool.h"

namespace updraft::sqlstore {

// How often each kind of cached rows was changed; indexed by Cached.
using Changes = std::array<std::uint64_t, cached_kinds>;

// The queries of one body with their answers. When the body runs again on the same snapshot, its
// queries are answered from here.
struct Transcript {
    struct Line {
        std::string_view sql;
        std::string params;
        std::shared_ptr<pg_result const> answer;  // Null: not answered yet.
    };
    std::vector<Line> lines;
    bool waits =
        false;  // The body was ended because an answer is missing: its result is to be ignored.
};

// What to do with a query that has no answer in the transcript.
enum class OnMiss : std::uint8_t {
    collect,  // Add it to the next batch, and end the body.
    ask,      // Send it at once.
};

class PostgresSession final : public Session {
public:
    // Called with the first answer of every transaction. Answers false when the transaction has
    // used cached rows that are older. Then a write transaction ends with PostgresTrouble::stale,
    // and a read transaction sets take_outdated().
    using Learn = std::function<bool(Changes const&)>;

    [[nodiscard]] static Result<std::unique_ptr<PostgresSession>> open(
        PostgresOptions const& options);
    ~PostgresSession() override;
    PostgresSession(PostgresSession const&) = delete;
    PostgresSession& operator=(PostgresSession const&) = delete;

    Result<Rows> query_params(std::string_view sql, std::span<Param const> params) override;
    Result<std::int64_t> execute_params(std::string_view sql,
                                        std::span<Param const> params) override;
    void expect_params(std::string_view sql, std::span<Param const> params) override;
    Result<void> change_params(std::string_view sql, std::span<Param const> params,
                               std::optional<Error> unless_changed) override;
    Result<void> script(std::string const& sql) override;
    NumberPool* numbers() override { return &numbers_; }

    // Transactions. BEGIN is sent together with the first statement, to save a round trip. A
    // statement outside of a transaction is a transaction of its own.
    void on_begin(Learn learn) { learn_ = std::move(learn); }
    void begin_write() { begin(Kind::write); }
    void begin_read() { begin(Kind::read); }
    // Sends BEGIN if it was not sent yet, so that cached rows are checked.
    [[nodiscard]] Result<void> ensure_begun();
    // Commits, and raises the counts of the kinds of cached rows in `touched`, which other
    // instances read. When the connection is lost meanwhile, it is unknown whether the commit was
    // executed: then uncertain() is true.
    [[nodiscard]] Result<void> commit(std::uint32_t touched);
    [[nodiscard]] bool uncertain() const { return uncertain_; }
    void roll_back();

    // For reads: from now on queries are recorded in that transcript, which must outlive the
    // transaction.
    void follow(Transcript& transcript, OnMiss on_miss);
    // True when there are collected queries that send_collected() would send.
    [[nodiscard]] bool has_collected() const { return !put_.empty(); }
    // Sends the collected queries; begins the transaction if it has not begun.
    [[nodiscard]] Result<void> send_collected() {
        TRY(send());
        return {};
    }
    // True, once, when cached rows that were used before the transaction began have changed:
    // results of bodies that used them are to be ignored.
    [[nodiscard]] bool take_outdated() { return std::exchange(outdated_, false); }
    // Ends a read transaction without sending anything: its end is sent together with the begin of
    // the next one, or by end_snapshot().
    void end_read();
    // Sends the end that end_read() has left unsent. To be called when no read follows soon.
    void end_snapshot();

    // The number of statements sent so far that may change rows.
    [[nodiscard]] std::uint64_t writes() const { return writes_; }
    // True when a statement of the transaction has failed: it can only be rolled back.
    [[nodiscard]] bool broken() const { return state_ == State::broken; }
    [[nodiscard]] PostgresLink& link() { return *link_; }

private:
    struct Table;
    enum class Kind : std::uint8_t { read, write };
    enum class State : std::uint8_t { none, wanted, open, broken };
    // A statement whose commands are in the batch, and where its answer goes.
    struct Put {
        PostgresStatement* statement;
        std::size_t first;  // Index of its first command in the batch.
        std::size_t commands;
        Transcript* transcript;  // Null: the answer is not kept.
        std::size_t line;
        std::optional<Error> unless_changed;
    };
    // Limit of statements in one batch, because their parameters and answers need memory.
    static constexpr std::size_t put_max = 200;

    PostgresSession(std::unique_ptr<PostgresLink> link, PostgresOptions const& options);
    void begin(Kind kind);
    [[nodiscard]] bool sends_begin() const;
    void put_begin();
    void put_commit(std::uint32_t touched);
    void put_unsent_end();
    Result<void> put(std::string_view sql, std::span<Param const> params);
    Result<std::vector<PostgresAnswer>> send();
    Result<void> hear(std::vector<PostgresAnswer>& answers);
    Result<void> begun(std::span<PostgresAnswer const> answers);
    Result<void> check(std::span<PostgresAnswer const> answers, std::string_view doing);
    Result<PostgresAnswer> ask(std::string_view sql, std::span<Param const> params);
    Result<std::size_t> line_of(std::string_view sql, std::span<Param const> params);
    Result<Rows> answer_of(std::string_view sql, std::span<Param const> params);
    void forget_answers();
    void discard_batch();

    std::unique_ptr<PostgresLink> link_;
    PostgresStatements statements_;
    NumberPool numbers_;
    bool const prepare_;
    std::string local_settings_;  // Empty: the session has them already.
    Learn learn_;
    Kind kind_ = Kind::write;
    State state_ = State::none;
    bool uncertain_ = false;
    bool outdated_ = false;
    bool end_unsent_ = false;  // The end of the last snapshot is to be sent.
    std::uint64_t writes_ = 0;

    std::vector<Put> put_;
    PostgresStatement* changes_statement_ =
        nullptr;  // The query of the counts of changes: sent, not answered yet.
    std::size_t changes_place_ = 0;
    Transcript own_;                    // Of a transaction that writes.
    Transcript* transcript_ = nullptr;  // Null outside of transactions.
    OnMiss on_miss_ = OnMiss::ask;
};

}  // namespace updraft::sqlstore
