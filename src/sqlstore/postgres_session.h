// A connection to a PostgreSQL database, as our SQL sees it.
//
// Lives here: prepared statements, transactions that begin with their first statement, rows.
// Not here:   the connection (postgres_link), when a transaction runs again (postgres_seat).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sqlstore/caches.h"
#include "sqlstore/dialect.h"
#include "sqlstore/postgres_link.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

// How often each kind of cached rows was changed, by Cached.
using Changes = std::array<std::uint64_t, cached_kinds>;

class PostgresSession final : public Session {
public:
    // Told by the first answer of every transaction. False when the transaction has used something
    // that is older: then it ends as stale, and runs again.
    using Learn = std::function<bool(Changes const&)>;

    // `numbers` outlives the session; null when it never asks for one.
    [[nodiscard]] static Result<std::unique_ptr<PostgresSession>> open(
        PostgresOptions const& options, NumberSource* numbers);
    ~PostgresSession() override;
    PostgresSession(PostgresSession const&) = delete;
    PostgresSession& operator=(PostgresSession const&) = delete;

    Result<Rows> query_params(std::string_view sql, std::span<Param const> params) override;
    Result<std::int64_t> execute_params(std::string_view sql,
                                        std::span<Param const> params) override;
    Result<void> script(std::string const& sql) override;
    NumberSource* numbers() override { return numbers_; }

    // Transactions. What begins is sent with the first statement, so that it costs no round trip;
    // outside of one, each statement stands for itself.
    void on_begin(Learn learn) { learn_ = std::move(learn); }
    void begin_write() { begin(postgres_dialect.begin_write); }
    void begin_read() { begin(postgres_dialect.begin_read); }
    // Makes sure that the transaction has begun, and what it began with.
    [[nodiscard]] Result<void> ensure_begun();
    // Counts what was changed of `kinds` for the other instances, and commits. When the connection
    // is lost meanwhile, nobody knows whether it was: `uncertain()` is true then.
    [[nodiscard]] Result<void> commit(std::uint32_t touched);
    [[nodiscard]] bool uncertain() const { return uncertain_; }
    void roll_back();
    // Ends a transaction that only read, without waiting. Nothing is sent before the next one
    // begins, or hush().
    void end_read();
    // Sends what end_read() left, when nothing follows soon.
    void hush();

    // Statements so far that may have changed rows.
    [[nodiscard]] std::uint64_t writes() const { return writes_; }
    // The transaction cannot go on: a statement of it failed.
    [[nodiscard]] bool spoilt() const { return state_ == State::spoilt; }
    [[nodiscard]] PostgresLink& link() { return *link_; }
    // As SqliteSession::take_mistype().
    [[nodiscard]] Result<void> take_mistype();

    // Tests listen to every SQL text that is prepared, in any session.
    static void on_prepare(std::function<void(std::string_view)> listener);

private:
    struct Statement;
    struct Table;
    enum class State : std::uint8_t { none, wanted, open, spoilt };

    PostgresSession(std::unique_ptr<PostgresLink> link, PostgresOptions const& options,
                    NumberSource* numbers);
    void begin(std::string_view words);
    Statement& statement(std::string_view sql, PostgresParams const& params);
    std::size_t put_begin();
    void put_commit(std::uint32_t touched);
    Result<PostgresAnswer> ask(std::string_view sql, std::span<Param const> params);
    Result<void> begun(std::span<PostgresAnswer const> answers);
    Result<void> check(std::span<PostgresAnswer const> answers, std::string_view doing);
    void mistyped(std::string_view sql, int column, std::string_view wanted);

    std::unique_ptr<PostgresLink> link_;
    NumberSource* numbers_;
    bool const prepare_;
    std::string local_settings_;  // Empty when the session has them already.
    Learn learn_;
    State state_ = State::none;
    std::string_view begin_words_;
    bool owes_commit_ = false;
    bool uncertain_ = false;
    std::uint64_t writes_ = 0;
    std::uint64_t names_ = 0;
    std::unordered_map<std::string_view, std::unique_ptr<Statement>> statements_;
    std::string mistype_;
};

}  // namespace updraft::sqlstore
