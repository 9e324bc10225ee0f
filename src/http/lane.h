// One I/O thread: its connections, its clock and its counters.
//
// Lives here: what connections of one thread share, and the list that the sweep walks.
// Not here:   the thread itself and its acceptors (http/listener). All but the counters belongs to
//             the lane's own thread.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "http/listener.h"
#include "http/networks.h"
#include "http/ticker.h"

namespace updraft::http {

class Connection;

// What all lanes share.
struct Ground {
    ListenerSettings settings;
    Router const& router;
    Clock const& clock;
    ListenerHooks hooks;
    Networks trusted_proxies;
    std::atomic<std::uint64_t> open{0};
    std::atomic<std::uint64_t> refused_open{0};  // Of `open`, those being told 503.
};

// Written by the lane's thread only, read by any.
struct LaneCounters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> framing_errors{0};
    std::array<std::atomic<std::uint64_t>, 6> answers{};

    static void count(std::atomic<std::uint64_t>& counter) {
        counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
};

class Lane {
public:
    static constexpr std::size_t request_id_bytes = 16;

    Lane(Ground& ground, std::string id_prefix);
    Lane(Lane const&) = delete;
    Lane& operator=(Lane const&) = delete;

    void link(Connection& connection);
    void unlink(Connection& connection);
    // Calls `act` for each connection; it may unlink the one it is given.
    void each(std::function<void(Connection&)> const& act);
    [[nodiscard]] bool empty() const { return first_ == nullptr; }

    // A new request id: unique on this server until the prefix comes up again.
    void make_request_id(std::array<char, request_id_bytes>& into);

    Ground& ground;
    Ticker ticker;
    LaneCounters counters;
    bool draining = false;
    // Called when the last connection of a draining lane has ended.
    std::function<void()> on_empty;
    // Last, so that what still waits in it is destroyed while the rest is there.
    asio::io_context io{1};

private:
    Connection* first_ = nullptr;
    std::string id_prefix_;  // Seven hex digits.
    std::uint64_t ids_made_ = 0;
};

}  // namespace updraft::http
