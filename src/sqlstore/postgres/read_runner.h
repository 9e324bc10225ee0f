// Runs the read bodies of many callers on one snapshot, and sends their queries to the server in
// one batch.
//
// Lives here: snapshots, and running bodies again until all their queries are answered.
// Not here:   queues and threads (postgres/readers), the connection (postgres/connection_slot), the
//             answers that a session keeps (postgres/session).
//
// When a body makes a query that is not answered yet, the query is collected and the body is ended.
// After the batch has been answered, the body runs again from its beginning, and its earlier
// queries are answered from its transcript: bodies may run more than once (ports/store.h). So all
// callers share round trips and one transaction.
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

    // Runs every body on a snapshot, and calls each `done` as soon as its result is known.
    void answer(std::span<PostgresReadJob> jobs);
    // Ends the last snapshot. To be called when no read follows soon: otherwise its end is sent
    // together with the begin of the next one.
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
