// One connection to a PostgreSQL server, and the commands that are sent over it.
//
// Lives here: connecting, sending several commands at once, waiting with a deadline, SQLSTATEs.
// Not here:   our SQL and its parameters (postgres/session), who connects when (postgres/connector,
//             postgres/connection_slot).
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

// What a failed command means for the transaction and its connection, in addition to the Errc.
enum class PostgresTrouble : std::uint8_t {
    none,
    waited,      // It waited too long for its turn to write, or for a table that a migration locks.
    stale,       // Cached rows were older than the snapshot: the body runs again.
    contention,  // The server ended it because of another transaction: the body runs again.
    lost,        // The connection cannot be used any more.
};

struct FreeAnswer {
    void operator()(pg_result* answer) const;
};
using PostgresAnswer = std::unique_ptr<pg_result, FreeAnswer>;

// Parameters in the form that libpq takes. Texts are not copied: they must outlive this.
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
    std::vector<std::uint64_t> numbers_;  // In network order.
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

    // Commands are collected in one batch, which exchange() or exchange_open() sends and waits for.
    void put(std::string const& sql);
    void put(std::string const& sql, PostgresParams const& params);
    void put_prepare(std::string const& name, std::string const& sql, PostgresParams const& params);
    void put_prepared(std::string const& name, PostgresParams const& params);
    // How many commands are in the batch.
    [[nodiscard]] std::size_t waiting() const { return batched_; }

    // Sends the batch. Answers the result of each of its commands, in order; after one that failed
    // the others are not carried out. An error is only answered when the connection is lost.
    [[nodiscard]] Result<std::vector<PostgresAnswer>> exchange();
    // The same without ending what belongs together: outside of a transaction block the server
    // begins a transaction at the first command, and ends it at put_end(). After a failed command
    // put_end() must follow, too.
    [[nodiscard]] Result<std::vector<PostgresAnswer>> exchange_open();
    void put_end();
    // Sends the batch without waiting; its answers are skipped when those of the next batch are
    // read.
    void push();
    // put_end() and push().
    void send_away();

    // Many statements without parameters: for migrations and for setting up.
    [[nodiscard]] Result<void> script(std::string const& sql);

    // The error of an answer that failed. trouble() knows it from then on.
    [[nodiscard]] tl::unexpected<Error> failure(pg_result const* answer, std::string_view doing);
    [[nodiscard]] tl::unexpected<Error> lose(std::string why);
    [[nodiscard]] bool lost() const { return lost_; }

    void note(PostgresTrouble trouble) { trouble_ = std::max(trouble_, trouble); }
    [[nodiscard]] PostgresTrouble trouble() const { return trouble_; }
    void forget_trouble() { trouble_ = PostgresTrouble::none; }
    // A connection on which no answer comes for so long counts as lost.
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
    std::deque<Expected> expected_;  // What the server has not answered yet, push() included.
    PostgresTrouble trouble_ = PostgresTrouble::none;
    int answer_timeout_ms_;
    bool lost_ = false;
};

}  // namespace updraft::sqlstore
