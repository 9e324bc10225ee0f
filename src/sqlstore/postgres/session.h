// A connection to a PostgreSQL database, as our SQL sees it.
//
// Lives here: transactions that begin with their first statement, statements that travel together,
//             rows.
// Not here:   the connection (postgres_link), prepared statements (postgres_statements), when a
//             transaction runs again
//             (postgres_write, postgres_read).
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

// What one body has asked of its snapshot, and was answered. A body that is run again from its
// beginning is answered out of it, as long as the snapshot is the same.
struct Transcript {
    struct Line {
        std::string_view sql;
        std::string params;
        std::shared_ptr<pg_result const> answer;  // Null: on its way.
    };
    std::vector<Line> lines;
    bool waits =
        false;  // The body ended because an answer is on its way: its result means nothing.
};

// What becomes of a question that the transcript has no answer to.
enum class OnMiss : std::uint8_t {
    collect,  // It is put with the others, and the body ends.
    ask,      // It is asked at once.
};

class PostgresSession final : public Session {
public:
    // Told by the first answer of every transaction. False when the transaction has used something
    // that is older: one that writes then ends as stale, and runs again; one that reads says so by
    // take_outdated().
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

    // Transactions. What begins is sent with the first statement, so that it costs no round trip;
    // outside of one, each statement stands for itself.
    void on_begin(Learn learn) { learn_ = std::move(learn); }
    void begin_write() { begin(Kind::write); }
    void begin_read() { begin(Kind::read); }
    // Makes sure that the transaction has begun, and what it began with.
    [[nodiscard]] Result<void> ensure_begun();
    // Counts what was changed of `kinds` for the other instances, and commits. When the connection
    // is lost meanwhile, nobody knows whether it was: `uncertain()` is true then.
    [[nodiscard]] Result<void> commit(std::uint32_t touched);
    [[nodiscard]] bool uncertain() const { return uncertain_; }
    void roll_back();

    // Reading: whose questions come from here on. The transcript outlives the transaction.
    void follow(Transcript& transcript, OnMiss on_miss);
    // True when questions were collected that send_collected() would send.
    [[nodiscard]] bool has_collected() const { return !put_.empty(); }
    // Sends what was collected, and begins the transaction when it has not begun.
    [[nodiscard]] Result<void> send_collected() {
        TRY(send());
        return {};
    }
    // True, once, when something that was answered from memory before the transaction began has
    // changed: whatever was concluded from it means nothing.
    [[nodiscard]] bool take_outdated() { return std::exchange(outdated_, false); }
    // Ends a transaction that only read, without waiting. Nothing is sent before the next one
    // begins, or end_snapshot().
    void end_read();
    // Sends what end_read() left, when nothing follows soon.
    void end_snapshot();

    // Statements so far that may have changed rows.
    [[nodiscard]] std::uint64_t writes() const { return writes_; }
    // The transaction cannot go on: a statement of it failed.
    [[nodiscard]] bool broken() const { return state_ == State::broken; }
    [[nodiscard]] PostgresLink& link() { return *link_; }

private:
    struct Table;
    enum class Kind : std::uint8_t { read, write };
    enum class State : std::uint8_t { none, wanted, open, broken };
    // A statement whose commands were put into the parcel, and where its answer goes.
    struct Put {
        PostgresStatement* statement;
        std::size_t first;  // The place of the first of its commands.
        std::size_t commands;
        Transcript* transcript;  // Null: nowhere.
        std::size_t line;
        std::optional<Error> unless_changed;
    };
    // Statements that wait to be sent: their parameters and answers are memory.
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
    void clear_parcel();

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
    bool end_unsent_ = false;  // Of a snapshot that nobody reads any more.
    std::uint64_t writes_ = 0;

    std::vector<Put> put_;
    PostgresStatement* changes_statement_ = nullptr;  // At changes, put and not answered yet.
    std::size_t changes_place_ = 0;
    Transcript own_;                    // Of a transaction that writes.
    Transcript* transcript_ = nullptr;  // Null outside of transactions.
    OnMiss on_miss_ = OnMiss::ask;
};

}  // namespace updraft::sqlstore
