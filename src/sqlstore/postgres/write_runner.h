// Runs write transactions, again where that is needed.
//
// Lives here: attempts until a transaction is committed or has failed, and when to give up.
// Not here:   queues and threads (postgres/commit_queue), the connection
//             (postgres/connection_slot), SQL (tables/).
#pragma once

#include <span>

#include "sqlstore/job.h"
#include "sqlstore/postgres/connection_slot.h"

namespace updraft::sqlstore {

// Used by one thread at a time.
class PostgresWriteRunner {
public:
    explicit PostgresWriteRunner(PostgresConnector& connector) : slot_(connector, Purpose::write) {}

    // Runs the jobs in one transaction. False when that failed: then nothing of it is kept, no job
    // has a result, and each is to run alone. When another transaction holds the turn for too long,
    // that is the result of every job.
    [[nodiscard]] bool write_together(std::span<Job> jobs);
    // Runs the job in a transaction of its own, again when the connection was lost or the caches
    // were outdated.
    void write_alone(Job& job);

private:
    enum class Again : std::uint8_t { no, yes };

    static void run(PostgresConnection& here, Job& job);
    [[nodiscard]] Result<void> run_all(PostgresConnection& here, std::span<Job> jobs);
    [[nodiscard]] Again write_once(PostgresConnection& here, Job& job, int attempt);

    PostgresConnectionSlot slot_;
};

}  // namespace updraft::sqlstore
