// Runs write transactions, and repeats them where needed.
//
// Lives here: attempts until a transaction is committed or has failed, and their limits.
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

    // Runs the jobs in one transaction. False when it failed: then it was rolled back, and each job
    // is to run alone. When the write lock was not obtained in time, or when it is unknown whether
    // the commit was executed, answers true, and that error is the result of every job that has no
    // error of its own.
    [[nodiscard]] bool write_together(std::span<Job> jobs);
    // Runs the job in a transaction of its own. Repeats it when the connection was lost, the cached
    // rows were outdated, or the server aborted it because of another transaction.
    void write_alone(Job& job);

private:
    enum class Again : std::uint8_t { no, yes };

    static void run(PostgresConnection& here, Job& job);
    [[nodiscard]] Result<void> run_all(PostgresConnection& here, std::span<Job> jobs);
    [[nodiscard]] Again write_once(PostgresConnection& here, Job& job, int attempt);

    PostgresConnectionSlot slot_;
};

}  // namespace updraft::sqlstore
