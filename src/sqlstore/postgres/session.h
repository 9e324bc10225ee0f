// A session on a PostgreSQL server.
//
// Lives here: transactions that begin with their first statement, statements that are sent
//             together, rows.
// Not here:   the connection (postgres/link), prepared statements (postgres/statements), when a
//             transaction runs again (postgres/write_runner, postgres/read_runner).
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

// How often each kind of cached rows was changed, by Cached.
using Changes = std::array<std::uint64_t, cached_kinds>;

// The queries of one body with their answers. A body that runs again from its beginning is answered
// from here, as long as the snapshot is the same.
struct Transcript {
    struct Line {
        std::string_view sql;
        std::string params;
        std::shared_ptr<pg_result const> answer;  // Null: not there yet.
    };
    std::vector<Line> lines;
    bool waits =
        false;  // The body ended because an answer is not there yet: its result means nothing.
};

// What happens to a query that the transcript has no answer to.
enum class OnMiss : std::uint8_t {
    collect,  // It is collected, to be sent with others, and the body ends.
    ask,      // It is sent at once.
};

class PostgresSession final : public Session {
public:
    // Called with the first answer of every transaction. False when the transaction has used cached
    // rows that are older: then one that writes ends with PostgresTrouble::stale, and one that
    // reads says so by take_outdated().
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

    // Transactions. BEGIN is sent together with the first statement, so that it costs no round
    // trip. Outside of a transaction each statement is one.
    void on_begin(Learn learn) { learn_ = std::move(learn); }
    void begin_write() { begin(Kind::write); }
    void begin_read() { begin(Kind::read); }
    // Sends BEGIN if that was not done, so that cached rows are checked.
    [[nodiscard]] Result<void> ensure_begun();
    // Commits, and counts for the other instances which kinds of cached rows `touched` names. When
    // the connection is lost meanwhile it is not known whether the commit was carried out:
    // uncertain() is true then.
    [[nodiscard]] Result<void> commit(std::uint32_t touched);
    [[nodiscard]] bool uncertain() const { return uncertain_; }
    void roll_back();

    // Reading: from here on queries belong to that transcript, which outlives the transaction.
    void follow(Transcript& transcript, OnMiss on_miss);
    // True when there are collected queries that send_collected() would send.
    [[nodiscard]] bool has_collected() const { return !put_.empty(); }
    // Sends what was collected, and begins the transaction when it has not begun.
    [[nodiscard]] Result<void> send_collected() {
        TRY(send());
        return {};
    }
    // True, once, when cached rows that were used before the transaction began have changed: the
    // results of bodies that used them mean nothing.
    [[nodiscard]] bool take_outdated() { return std::exchange(outdated_, false); }
    // Ends a transaction that only read, without waiting: its end is sent together with the next
    // beginning, or by end_snapshot().
    void end_read();
    // Sends the end that end_read() left unsent. For when no read follows soon.
    void end_snapshot();

    // How many statements that may change rows were sent so far.
    [[nodiscard]] std::uint64_t writes() const { return writes_; }
    // The transaction cannot go on: a statement of it failed.
    [[nodiscard]] bool broken() const { return state_ == State::broken; }
    [[nodiscard]] PostgresLink& link() { return *link_; }

private:
    struct Table;
    enum class Kind : std::uint8_t { read, write };
    enum class State : std::uint8_t { none, wanted, open, broken };
    // A statement whose commands are in the batch, and where its answer goes.
    struct Put {
        PostgresStatement* statement;
        std::size_t first;  // The place of the first of its commands.
        std::size_t commands;
        Transcript* transcript;  // Null: nowhere.
        std::size_t line;
        std::optional<Error> unless_changed;
    };
    // Statements in one batch at most: their parameters and answers cost memory.
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
    std::string local_settings_;  // Empty when the session has them already.
    Learn learn_;
    Kind kind_ = Kind::write;
    State state_ = State::none;
    bool uncertain_ = false;
    bool outdated_ = false;
    bool end_unsent_ = false;  // The end of the last snapshot is to be sent.
    std::uint64_t writes_ = 0;

    std::vector<Put> put_;
    PostgresStatement* changes_statement_ =
        nullptr;  // The query `changes_now`, sent and not answered yet.
    std::size_t changes_place_ = 0;
    Transcript own_;                    // Of a transaction that writes.
    Transcript* transcript_ = nullptr;  // Null outside of transactions.
    OnMiss on_miss_ = OnMiss::ask;
};

}  // namespace updraft::sqlstore
