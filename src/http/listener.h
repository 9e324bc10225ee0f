// The HTTP server: accepts connections on its addresses and serves them until stop().
//
// Lives here: settings, threads, addresses, counters, and stopping in order.
//
// Not here:   one connection (http/connection.h), which requests exist (http/router.h).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"
#include "http/router.h"
#include "ports/clock.h"
#include "ports/id_source.h"
#include "vocabulary/result.h"

namespace updraft::http {

struct ListenAddress {
    std::string address;     // A literal: "127.0.0.1", "::1".
    std::uint16_t port = 0;  // 0: any free port.
};

struct ListenerSettings {
    std::vector<ListenAddress> addresses;
    unsigned threads = 0;                      // 0: one for each core.
    std::vector<std::string> trusted_proxies;  // "10.0.0.0/8", "::1".
    // Header fields that identify the caller, in lower case: a request that has one of them twice
    // is refused. At most identity_fields_max; the texts must outlive the listener.
    std::vector<std::string_view> identity_fields;
    std::string tls_cert_file;  // A PEM chain. Both files or neither; empty: no TLS.
    std::string tls_key_file;
    std::uint64_t connections_max = 100'000;
    // 0: no limit. Trusted proxies have none. Further connections are closed without an answer.
    std::uint64_t connections_per_address_max = 0;
    // Of all bodies that are being read whole; further ones are answered 503.
    std::uint64_t body_memory_bytes_max = 256 * 1024 * 1024;
    std::uint64_t answers_waiting_max = 1024;          // Replies with a delay.
    std::chrono::milliseconds header_timeout{10'000};  // TLS handshake, and each request head.
    std::chrono::milliseconds body_timeout{30'000};    // A body that is read whole.
    std::chrono::milliseconds transfer_stall{60'000};  // Without a byte, streaming or sending.
    std::chrono::milliseconds idle_timeout{75'000};    // Between two requests.
    std::chrono::milliseconds drain_timeout{10'000};   // For running requests in stop().
};

// An answered request, for the access log. Valid only during the call.
struct Answered {
    Request const& request;
    int status;
    std::uint64_t body_bytes;        // Bytes of the reply's body that were sent.
    std::chrono::microseconds took;  // From the first byte of the head to the last of the reply.
};

// Callbacks of the listener. Each may be empty. They are called on the I/O threads, by several
// threads at the same time, and must not block.
struct ListenerHooks {
    std::function<void(Answered const&)> answered;
    // A handler threw an exception, which is a bug; the request is answered with 500.
    std::function<void(std::string_view request_id, std::string_view what)> bug{};
    // A body could not be begun; the request is answered with 500 or 503.
    std::function<void(std::string_view request_id, Error const& error)> trouble{};
};

// Sums over all threads. Values that only increase, except those that say "now".
struct ListenerCounters {
    std::uint64_t connections_open = 0;  // Now.
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;            // Over the limit.
    std::uint64_t connections_closed_by_address = 0;  // Over connections_per_address_max.
    std::uint64_t body_bytes_held = 0;       // Now: what counts towards body_memory_bytes_max.
    std::uint64_t bodies_refused = 0;        // Over body_memory_bytes_max.
    std::uint64_t answers_waiting = 0;       // Now: replies with a delay.
    std::uint64_t answers_dropped = 0;       // Over answers_waiting_max.
    std::uint64_t framing_errors = 0;        // Answers of 400, 408, 414 and 431 to wrong framing,
                                             // and of 503 over connections_max.
    std::array<std::uint64_t, 6> answers{};  // By status class: [2] counts 2xx.

    ListenerCounters& operator+=(ListenerCounters const& other);
};

// Create, stop and destroy it on the same thread, or on threads that wait for each other.
class Listener {
public:
    // Binds all addresses and starts the threads; requests are served when this returns. `router`
    // and `clock` must outlive the listener. Errc::unavailable when an address is in use or cannot
    // be bound, Errc::invalid for a wrong address, network, certificate or key.
    [[nodiscard]] static Result<std::unique_ptr<Listener>> start(ListenerSettings settings,
                                                                 Router const& router,
                                                                 Clock const& clock,
                                                                 IdSource& id_source,
                                                                 ListenerHooks hooks = {});

    // Calls stop(). Destroy what handlers wait for (the store) after stop() and before this object:
    // its callbacks may still come, and need the listener's threads' queues, which drop them.
    ~Listener();
    Listener(Listener const&) = delete;
    Listener& operator=(Listener const&) = delete;

    // "http://127.0.0.1:8080", one for each address, in their order, with the real ports.
    [[nodiscard]] std::vector<std::string> const& origins() const;
    [[nodiscard]] std::vector<std::uint16_t> const& ports() const;

    // Reads certificate and key again, for new connections. On an error the old ones stay in use.
    // No effect without TLS. May be called from any thread.
    [[nodiscard]] Result<void> reload_tls();

    // When the certificate in use expires; nothing without TLS. May be called from any thread.
    [[nodiscard]] std::optional<Instant> tls_not_after() const;

    // True when every I/O thread has worked since the last call; each does at least twice a second.
    // False after stop(). Used by one thread.
    [[nodiscard]] bool threads_work();

    // May be called from any thread.
    [[nodiscard]] ListenerCounters counters() const;

    // Stops accepting, closes idle connections, waits at most drain_timeout for running requests,
    // cuts the others, and joins the threads. A second call has no effect.
    void stop();

private:
    struct State;
    explicit Listener(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace updraft::http
