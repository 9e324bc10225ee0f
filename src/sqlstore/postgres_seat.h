// Where one thread sits: a connection that is made anew when it was lost, and transactions that run
// again when somebody else was in their way.
//
// Lives here: one attempt after the other until a transaction is through, and when to give up.
// Not here:   queues and threads (postgres_writers, postgres_readers), SQL (*_rows.cpp).
#pragma once

#include <memory>

#include "ports/store.h"
#include "sqlstore/caches.h"
#include "sqlstore/postgres_reach.h"
#include "sqlstore/postgres_session.h"
#include "sqlstore/tables.h"

namespace updraft::sqlstore {

// A write transaction on its way.
struct PostgresJob {
    Store::WriteBody body;
    Store::Done done;
    Result<void> result;
    std::uint32_t touched = 0;
    bool wrote = false;  // It changed rows, or tried to.
};

// Used by one thread at a time.
class PostgresSeat {
public:
    explicit PostgresSeat(PostgresReach& reach);
    ~PostgresSeat();
    PostgresSeat(PostgresSeat const&) = delete;
    PostgresSeat& operator=(PostgresSeat const&) = delete;

    // Runs the jobs in one transaction. False when that could not be: then nothing of it is kept,
    // nobody has a result, and each is to run alone.
    [[nodiscard]] bool write_together(std::span<PostgresJob> jobs);
    // Runs the job in a transaction of its own, again and again while others are in its way.
    void write_alone(PostgresJob& job);
    // Runs the body on a snapshot. Exceptions pass through.
    [[nodiscard]] Result<void> read(Store::ReadBody const& body);
    // Ends the last snapshot, when nothing follows soon.
    void hush();

private:
    struct Connection;
    enum class Again : std::uint8_t { no, yes };

    [[nodiscard]] Result<Connection*> sit();
    void stand_up_if_lost();
    [[nodiscard]] Result<void> run_write(Connection& here, PostgresJob& job);
    [[nodiscard]] Again write_once(Connection& here, PostgresJob& job, int attempt);
    [[nodiscard]] Again read_once(Connection& here, Store::ReadBody const& body,
                                  Result<void>& result, int attempt);

    PostgresReach& reach_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace updraft::sqlstore
