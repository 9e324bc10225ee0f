// Runs write transactions, again where that is needed.
//
// Lives here: attempts until a transaction is committed or has failed, and when to give up.
// Not here:   queues and threads (postgres/commit_queue), the connection
//             (postgres/connection_slot), SQL (tables/).
#pragma once

#include <span>

#include "ports/store.h"
#include "sqlstore/postgres/connection_slot.h"

namespace updraft::sqlstore {

// A write transaction that was submitted.
struct PostgresJob {
    Store::WriteBody body;
    Store::Done done;
    Result<void> result;
    std::uint32_t touched = 0;
    bool wrote = false;  // It changed rows, or tried to.
};

// Used by one thread at a time.
class PostgresWriteRunner {
public:
    explicit PostgresWriteRunner(PostgresConnector& connector) : slot_(connector, Purpose::write) {}

    // Runs the jobs in one transaction. False when that failed: then nothing of it is kept, no job
    // has a result, and each is to run alone. When another transaction holds the turn for too long,
    // that is the result of every job.
    [[nodiscard]] bool write_together(std::span<PostgresJob> jobs);
    // Runs the job in a transaction of its own, again when the connection was lost or the caches
    // were outdated.
    void write_alone(PostgresJob& job);

private:
    enum class Again : std::uint8_t { no, yes };

    [[nodiscard]] Result<void> run(PostgresConnection& here, PostgresJob& job);
    [[nodiscard]] Result<void> run_all(PostgresConnection& here, std::span<PostgresJob> jobs);
    [[nodiscard]] Again write_once(PostgresConnection& here, PostgresJob& job, int attempt);

    PostgresConnectionSlot slot_;
};

}  // namespace updraft::sqlstore
