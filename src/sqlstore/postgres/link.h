// One connection to a PostgreSQL server, and the commands on their way through it.
//
// Lives here: connecting, sending several commands at once, waiting with a deadline, SQLSTATEs.
// Not here:   our SQL and its parameters (postgres_session), who connects when
//             (postgres_reach, postgres_seat).
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

// What a failed command means for the transaction and its connection, beside the Errc.
enum class PostgresTrouble : std::uint8_t {
    none,
    waited,      // It waited too long for its turn, or for a table that a migration has.
    stale,       // Something remembered was older than the snapshot: the body runs again.
    contention,  // The server ended it for another's sake: the body runs again.
    lost,        // The connection is of no use any more.
};

struct FreeAnswer {
    void operator()(pg_result* answer) const;
};
using PostgresAnswer = std::unique_ptr<pg_result, FreeAnswer>;

// Parameters as libpq wants to have them. Views of text stay with their owners.
class PostgresParams {
public:
    explicit PostgresParams(std::span<Param const> params);

    std::vector<unsigned> types;  // 0: the server finds out.
    std::vector<char const*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    [[nodiscard]] int count() const { return static_cast<int>(values.size()); }
    // PostgreSQL's text holds no zero byte; what holds one is refused before it is sent.
    [[nodiscard]] bool storable() const { return storable_; }

private:
    std::vector<std::uint64_t> numbers_;  // In network order.
    bool storable_ = true;
};

// Used by one thread at a time.
class PostgresLink {
public:
    // Errc::unavailable when the server cannot be reached or refuses; Errc::invalid for a URL that
    // is none. No detail ever holds the URL's password.
    [[nodiscard]] static Result<std::unique_ptr<PostgresLink>> open(PostgresOptions const& options);
    ~PostgresLink();
    PostgresLink(PostgresLink const&) = delete;
    PostgresLink& operator=(PostgresLink const&) = delete;

    // Commands are put into one parcel, which exchange() or exchange_open() sends and waits for.
    void put(std::string const& sql);
    void put(std::string const& sql, PostgresParams const& params);
    void put_prepare(std::string const& name, std::string const& sql, PostgresParams const& params);
    void put_prepared(std::string const& name, PostgresParams const& params);
    // How many commands are in the parcel.
    [[nodiscard]] std::size_t waiting() const { return batched_; }

    // One answer for each command of the parcel, in order; the first that failed ends it, and those
    // behind it are not carried out. An error is only answered when the connection is lost.
    [[nodiscard]] Result<std::vector<PostgresAnswer>> exchange();
    // The same, and what is sent next belongs together with it: outside of a transaction block the
    // server opens one at the first command, and ends it at put_end(). A parcel of which a command
    // failed is to be followed by that, too.
    [[nodiscard]] Result<std::vector<PostgresAnswer>> exchange_open();
    void put_end();
    // Sends what was put; its answers are thrown away before those of the next parcel.
    void push();
    // put_end() and push().
    void send_away();

    // Many statements without parameters, one answer: for migrations and setting up.
    [[nodiscard]] Result<void> script(std::string const& sql);

    // The error in an answer that failed. Remembers the trouble that it means.
    [[nodiscard]] tl::unexpected<Error> failure(pg_result const* answer, std::string_view doing);
    [[nodiscard]] tl::unexpected<Error> lose(std::string why);
    [[nodiscard]] bool lost() const { return lost_; }

    void note(PostgresTrouble trouble) { trouble_ = std::max(trouble_, trouble); }
    [[nodiscard]] PostgresTrouble trouble() const { return trouble_; }
    void forget_trouble() { trouble_ = PostgresTrouble::none; }
    // Whoever waits longer than this for an answer takes the connection for lost.
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
    std::deque<Expected> expected_;  // What the server still owes, also to what was sent away.
    PostgresTrouble trouble_ = PostgresTrouble::none;
    int answer_timeout_ms_;
    bool lost_ = false;
};

}  // namespace updraft::sqlstore
