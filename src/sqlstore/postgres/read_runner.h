// Runs the reads of many callers together: what all of them ask goes to the server in one batch.
//
// Lives here: snapshots, and running bodies again until all of their queries are answered.
// Not here:   queues and threads (postgres/readers), the connection (postgres/connection_slot),
//             which answers a session keeps (postgres/session).
//
// A body that asks what is not answered yet is ended and its query is collected. When the answers
// are there it runs again from its beginning, answered out of its transcript: bodies may run twice
// (ports/store.h). So all callers share one round trip, and the begin and end of one transaction.
#pragma once

#include <span>
#include <vector>

#include "ports/store.h"
#include "sqlstore/postgres/connection_slot.h"

namespace updraft::sqlstore {

struct PostgresReadJob {
    Store::ReadBody body;
    Store::Done done;
};

// Used by one thread at a time.
class PostgresReadRunner {
public:
    explicit PostgresReadRunner(PostgresConnector& connector) : slot_(connector, Purpose::read) {}

    // Runs every body on a snapshot, and calls each `done` as soon as its result is there.
    void answer(std::span<PostgresReadJob> jobs);
    // Ends the last snapshot. For a pause: else it is ended together with the next beginning.
    void end_snapshot();

private:
    struct PendingRead;
    using PendingReads = std::vector<PendingRead>;

    void answer(PendingReads& reads);
    [[nodiscard]] Result<void> on_snapshot(PostgresConnection& here, PendingReads& reads);
    [[nodiscard]] Result<void> begin(PostgresConnection& here, PendingReads& reads);
    static void run(PostgresConnection& here, PendingRead& read, OnMiss on_miss);

    PostgresConnectionSlot slot_;
};

}  // namespace updraft::sqlstore
