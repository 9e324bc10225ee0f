#include "http/lane.h"

#include <algorithm>

#include "http/connection.h"
#include "text/hex.h"

namespace updraft::http {
namespace {

std::chrono::milliseconds shortest_deadline(ListenerSettings const& settings) {
    return std::min({settings.header_timeout, settings.body_timeout, settings.transfer_stall,
                     settings.idle_timeout});
}

}  // namespace

Lane::Lane(Ground& shared, std::string id_prefix)
    : ground(shared), ticker(shortest_deadline(shared.settings)), id_prefix_(std::move(id_prefix)) {
    ticker.tick(ground.clock.now());
}

void Lane::link(Connection& connection) {
    connection.next_ = first_;
    connection.previous_ = nullptr;
    if (first_ != nullptr) first_->previous_ = &connection;
    first_ = &connection;
}

void Lane::unlink(Connection& connection) {
    if (connection.next_ != nullptr) connection.next_->previous_ = connection.previous_;
    if (connection.previous_ != nullptr) {
        connection.previous_->next_ = connection.next_;
    } else {
        first_ = connection.next_;
    }
    if (first_ == nullptr && draining && on_empty) on_empty();
}

void Lane::each(std::function<void(Connection&)> const& act) {
    for (auto* connection = first_; connection != nullptr;) {
        auto* const next = connection->next_;
        act(*connection);
        connection = next;
    }
}

void Lane::make_request_id(std::array<char, request_id_bytes>& into) {
    auto const prefix = std::min(id_prefix_.size(), into.size());
    std::copy_n(id_prefix_.begin(), prefix, into.begin());
    text::put_hex(ids_made_++, std::span(into).subspan(prefix));
}

}  // namespace updraft::http
