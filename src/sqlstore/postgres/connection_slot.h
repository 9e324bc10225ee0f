// Where one thread sits: a connection with all that belongs to it, made anew when it was lost.
//
// Lives here: sitting down and standing up, and what the connection remembers.
// Not here:   transactions (postgres_write, postgres_read), queues and threads (postgres_writers,
//             postgres_readers).
#pragma once

#include <memory>

#include "sqlstore/postgres/connector.h"
#include "sqlstore/postgres/session.h"
#include "sqlstore/tables/caches.h"
#include "sqlstore/tables/tables.h"

namespace updraft::sqlstore {

// What is remembered changes so often during one transaction only when something is wrong.
inline constexpr int contended_max = 40;
// A connection that was idle may have died long ago; one that dies at once again is no accident.
inline constexpr int lost_max = 2;

// Used by one thread at a time.
struct PostgresConnection {
    std::unique_ptr<PostgresSession> session;
    Generations generations;
    Caches caches;
    AllRows rows;

    explicit PostgresConnection(std::unique_ptr<PostgresSession> opened);

    // A transaction that was answered from memory alone still has to hear whether that is right.
    [[nodiscard]] Result<void> settle();
    [[nodiscard]] PostgresTrouble trouble() const { return session->link().trouble(); }

private:
    bool learn(Changes const& changes);
};

// Used by one thread at a time.
class PostgresSeat {
public:
    PostgresSeat(PostgresReach& reach, Purpose purpose) : reach_(reach), purpose_(purpose) {}

    // Errors as of PostgresReach::connect().
    [[nodiscard]] Result<PostgresConnection*> sit();
    // Null when nobody sits.
    [[nodiscard]] PostgresConnection* connection() { return connection_.get(); }
    void stand_up_if_lost();
    [[nodiscard]] PostgresReach& reach() { return reach_; }

private:
    PostgresReach& reach_;
    Purpose const purpose_;
    std::unique_ptr<PostgresConnection> connection_;
};

}  // namespace updraft::sqlstore
