#include "sqlstore/postgres/connection_slot.h"

#include <utility>

namespace updraft::sqlstore {

PostgresConnection::PostgresConnection(std::unique_ptr<PostgresSession> opened)
    : session(std::move(opened)), caches(*session, generations), rows(*session, caches) {
    session->on_begin([this](Changes const& changes) { return learn(changes); });
}

// Updates the generations. False when this transaction has used cached rows that have changed
// since.
bool PostgresConnection::learn(Changes const& changes) {
    bool news = false;
    for (std::size_t kind = 0; kind < cached_kinds; ++kind) {
        // Generations and counts start at 0. One is added, so that the first count that is read
        // differs from the generation.
        news = generations.learn(static_cast<Cached>(kind), changes[kind] + 1) || news;
    }
    if (!news) return true;
    if (caches.hit()) return false;
    caches.begin();
    return true;
}

Result<void> PostgresConnection::confirm_cached() {
    if (!caches.hit()) return {};
    return session->ensure_begun();
}

Result<PostgresConnection*> PostgresConnectionSlot::connected() {
    if (connection_) return connection_.get();
    TRY_ASSIGN(auto session, connector_.connect(purpose_));
    connection_ = std::make_unique<PostgresConnection>(std::move(session));
    return connection_.get();
}

void PostgresConnectionSlot::drop_if_lost() {
    if (connection_ && connection_->session->link().lost()) connection_.reset();
}

}  // namespace updraft::sqlstore
