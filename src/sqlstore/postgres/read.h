// Reading for many at once: what all of them ask goes to the server in one parcel.
//
// Lives here: snapshots, and running bodies again until all of their questions are answered.
// Not here:   queues and threads (postgres_readers), the connection (postgres_seat), what a session
//             remembers of the questions (postgres_session).
//
// A body that asks is ended, its question is collected, and when the answers are there it runs
// again from its beginning, answered out of its transcript: bodies may run twice (ports/store.h).
// So a round trip, and all that begins and ends a transaction, is shared by everybody who waits.
#pragma once

#include <span>
#include <vector>

#include "ports/store.h"
#include "sqlstore/postgres/connection_slot.h"

namespace updraft::sqlstore {

struct PostgresQuestion {
    Store::ReadBody body;
    Store::Done done;
};

// Used by one thread at a time.
class PostgresReading {
public:
    explicit PostgresReading(PostgresReach& reach) : seat_(reach, Purpose::read) {}

    // Runs every body on a snapshot, and tells each as soon as it has its result.
    void answer(std::span<PostgresQuestion> questions);
    // Ends the last snapshot, when nothing follows soon.
    void hush();

private:
    struct Asker;
    using Askers = std::vector<Asker>;

    void answer(Askers& askers);
    [[nodiscard]] Result<void> on_snapshot(PostgresConnection& here, Askers& askers);
    [[nodiscard]] Result<void> begin(PostgresConnection& here, Askers& askers);
    static void run(PostgresConnection& here, Asker& asker, Patience patience);

    PostgresSeat seat_;
};

}  // namespace updraft::sqlstore
