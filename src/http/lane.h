// The state of one I/O thread: its connections, its clock and its counters. Only that thread uses
// it, except for the counters.
//
// Lives here: what the connections of one thread share, and the list of these connections.
//
// Not here:   the thread itself and its acceptors (http/listener.h).
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "http/address_counts.h"
#include "http/body_memory.h"
#include "http/listener.h"
#include "http/networks.h"
#include "http/ticker.h"

namespace updraft::http {

class Connection;

// What all lanes share. Not changed after the start, except for the counts.
struct Ground {
    Ground(ListenerSettings wanted, Router const& routes, Clock const& wall, ListenerHooks calls)
        : settings(std::move(wanted)),
          router(routes),
          clock(wall),
          hooks(std::move(calls)),
          by_address(settings.connections_per_address_max),
          body_memory(settings.body_memory_bytes_max) {}

    ListenerSettings settings;
    Router const& router;
    Clock const& clock;
    ListenerHooks hooks;
    Networks trusted_proxies;
    std::atomic<std::uint64_t> open{0};
    std::atomic<std::uint64_t> refused_open{0};  // The part of `open` that is answered 503.
    std::atomic<std::uint64_t> answers_waiting{0};
    AddressCounts by_address;
    BodyMemory body_memory;
};

// Written by the lane's thread, read by any thread.
struct LaneCounters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> closed_by_address{0};
    std::atomic<std::uint64_t> bodies_refused{0};
    std::atomic<std::uint64_t> answers_dropped{0};
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
    // Calls `act` for each connection; `act` may unlink the connection that it gets.
    void each(std::function<void(Connection&)> const& act);
    [[nodiscard]] bool empty() const { return first_ == nullptr; }

    // A new request id: the lane's prefix, then a counter of nine hex digits.
    void make_request_id(std::array<char, request_id_bytes>& into);

    Ground& ground;
    Ticker ticker;
    LaneCounters counters;
    bool draining = false;
    // Called when the last connection of a draining lane has ended.
    std::function<void()> on_empty;
    // The last public member, so that it is destroyed before the members above: handlers that still
    // wait in it refer to them.
    asio::io_context io{1};

private:
    Connection* first_ = nullptr;
    std::string id_prefix_;  // Seven hex digits.
    std::uint64_t ids_made_ = 0;
};

}  // namespace updraft::http
