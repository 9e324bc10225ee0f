// One connection to a PostgreSQL server, which sends commands in batches (libpq pipeline mode).
//
// Lives here: connecting, sending several commands at once, waiting with a deadline, the meaning of
//             SQLSTATEs.
// Not here:   our SQL and its parameters (postgres/session), when connections are opened
//             (postgres/connector, postgres/connection_slot).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sqlstore/postgres/options.h"
#include "sqlstore/session.h"

struct pg_conn;
struct pg_result;

namespace updraft::sqlstore {

// The effect of a failed command on the transaction and the connection, in addition to the Errc.
enum class PostgresTrouble : std::uint8_t {
    none,
    waited,      // It waited too long for the write lock, or for a table that a migration locks.
    stale,       // Cached rows were older than the snapshot: the body runs again.
    contention,  // The server aborted it because of another transaction: the body runs again.
    lost,        // The connection cannot be used any more.
};

struct FreeAnswer {
    void operator()(pg_result* answer) const;
};
using PostgresAnswer = std::unique_ptr<pg_result, FreeAnswer>;

// Parameters in the form that libpq needs. Texts are not copied: they must outlive this object.
class PostgresParams {
public:
    explicit PostgresParams(std::span<Param const> params);

    std::vector<unsigned> types;  // 0: the server infers the type.
    std::vector<char const*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    [[nodiscard]] int count() const { return static_cast<int>(values.size()); }
    // False when a text contains a zero byte, which PostgreSQL cannot store.
    [[nodiscard]] bool storable() const { return storable_; }

private:
    std::vector<std::uint64_t> numbers_;  // In network byte order.
    bool storable_ = true;
};

// Used by one thread at a time.
class PostgresLink {
public:
    // Errc::unavailable when the server cannot be reached or refuses; Errc::invalid when the URL is
    // malformed. No detail contains the URL's password.
    [[nodiscard]] static Result<std::unique_ptr<PostgresLink>> open(PostgresOptions const& options);
    ~PostgresLink();
    PostgresLink(PostgresLink const&) = delete;
    PostgresLink& operator=(PostgresLink const&) = delete;

    // These functions add commands to the batch, which exchange() or exchange_open() sends.
    void put(std::string const& sql);
    void put(std::string const& sql, PostgresParams const& params);
    void put_prepare(std::string const& name, std::string const& sql, PostgresParams const& params);
    void put_prepared(std::string const& name, PostgresParams const& params);
    // The number of commands in the batch.
    [[nodiscard]] std::size_t waiting() const { return batched_; }

    // Sends the batch and waits. Answers the result of each command, in order; commands after a
    // failed one are not executed. Returns an error only when the connection is lost.
    [[nodiscard]] Result<std::vector<PostgresAnswer>> exchange();
    // The same without the sync at the end of the batch, so that several batches can belong
    // together: outside of a transaction block, the server begins a transaction at the first
    // command and ends it at put_end(), which must follow also after a failed command.
    [[nodiscard]] Result<std::vector<PostgresAnswer>> exchange_open();
    void put_end();
    // Sends the batch without waiting; its answers are skipped when those of the next batch are
    // read.
    void push();
    // put_end(), then push().
    void send_away();

    // Runs several statements without parameters and waits: for migrations and settings.
    [[nodiscard]] Result<void> script(std::string const& sql);

    // The error of a failed answer; also sets trouble().
    [[nodiscard]] tl::unexpected<Error> failure(pg_result const* answer, std::string_view doing);
    [[nodiscard]] tl::unexpected<Error> lose(std::string why);
    [[nodiscard]] bool lost() const { return lost_; }

    void note(PostgresTrouble trouble) { trouble_ = std::max(trouble_, trouble); }
    [[nodiscard]] PostgresTrouble trouble() const { return trouble_; }
    void forget_trouble() { trouble_ = PostgresTrouble::none; }
    // A connection counts as lost when no answer comes for this time, and, once
    // PostgresOptions::hurry is readable, for a second.
    void set_answer_timeout(int milliseconds) { answer_timeout_ms_ = milliseconds; }

private:
    explicit PostgresLink(pg_conn* connection) : connection_(connection) {}
    [[nodiscard]] Result<void> set_up(PostgresOptions const& options);
    enum class Expected : std::uint8_t { answer, end };

    void sent(int accepted);
    [[nodiscard]] bool wait();
    [[nodiscard]] Result<PostgresAnswer> next();
    [[nodiscard]] Result<std::vector<PostgresAnswer>> collect(std::size_t own);

    pg_conn* connection_;
    std::size_t batched_ = 0;
    std::deque<Expected> expected_;  // Not answered yet, including batches of push().
    PostgresTrouble trouble_ = PostgresTrouble::none;
    int answer_timeout_ms_;
    int hurry_ = -1;  // Owned by others.
    bool lost_ = false;
};

}  // namespace updraft::sqlstore
