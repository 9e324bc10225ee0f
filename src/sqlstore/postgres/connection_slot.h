// The connection of one thread, with its caches and rows objects; replaced when it is lost.
//
// Lives here: opening it when it is needed, dropping it when it is lost, and its caches.
// Not here:   transactions (postgres/write_runner, postgres/read_runner), queues and threads
//             (postgres/commit_queue, postgres/readers).
#pragma once

#include <memory>

#include "sqlstore/postgres/connector.h"
#include "sqlstore/postgres/session.h"
#include "sqlstore/tables/caches.h"
#include "sqlstore/tables/tables.h"

namespace updraft::sqlstore {

// How often a transaction runs again because cached rows were outdated, or because the server
// aborted it in favour of another one. More repetitions are treated as an error.
inline constexpr int contended_max = 40;
// How often a transaction runs again because the connection was lost. An idle connection may have
// been lost long ago; when new ones are lost at once, too, that is reported as an error.
inline constexpr int lost_max = 2;

// Used by one thread at a time.
struct PostgresConnection {
    std::unique_ptr<PostgresSession> session;
    Generations generations;
    Caches caches;
    AllRows rows;

    explicit PostgresConnection(std::unique_ptr<PostgresSession> opened);

    // Asks the database whether the caches were up to date, if this transaction used them and has
    // sent no query yet.
    [[nodiscard]] Result<void> confirm_cached();
    [[nodiscard]] PostgresTrouble trouble() const { return session->link().trouble(); }

private:
    bool learn(Changes const& changes);
};

// Used by one thread at a time.
class PostgresConnectionSlot {
public:
    PostgresConnectionSlot(PostgresConnector& connector, Purpose purpose)
        : connector_(connector), purpose_(purpose) {}

    // The connection; opens one if there is none. Errors as of PostgresConnector::connect().
    [[nodiscard]] Result<PostgresConnection*> connected();
    // Null when there is none.
    [[nodiscard]] PostgresConnection* connection() { return connection_.get(); }
    void drop_if_lost();
    [[nodiscard]] PostgresConnector& connector() { return connector_; }

private:
    PostgresConnector& connector_;
    Purpose const purpose_;
    std::unique_ptr<PostgresConnection> connection_;
};

}  // namespace updraft::sqlstore
