// Listens, and serves every connection until the process is told to stop.
//
// Lives here: the settings of the listener, its threads and addresses, and its orderly end.
// Not here:   one connection (http/connection), which requests exist (http/router).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/exchange.h"
#include "http/router.h"
#include "ports/clock.h"
#include "ports/id_source.h"
#include "vocabulary/result.h"

namespace updraft::http {

struct ListenAddress {
    std::string address;     // A literal: "127.0.0.1", "::1".
    std::uint16_t port = 0;  // 0: any free one.
};

struct ListenerSettings {
    std::vector<ListenAddress> addresses;
    unsigned threads = 0;                      // 0: one for each core.
    std::vector<std::string> trusted_proxies;  // "10.0.0.0/8", "::1".
    std::string tls_cert_file;                 // PEM chain; both empty, or neither.
    std::string tls_key_file;
    std::uint64_t connections_max = 100'000;
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds body_timeout{30'000};
    std::chrono::milliseconds transfer_stall{60'000};
    std::chrono::milliseconds idle_timeout{75'000};
    std::chrono::milliseconds drain_timeout{10'000};
};

// An answered request, for the access log. Valid during the call only.
struct Answered {
    Request const& request;
    int status;
    std::uint64_t body_bytes;        // Sent.
    std::chrono::microseconds took;  // From the first byte of the head to the last of the reply.
};

// What the listener tells the process. Each may be empty; each is called on I/O threads, by several
// at once, and must not block.
struct ListenerHooks {
    std::function<void(Answered const&)> answered;
    // A handler threw: a bug. The request was answered with 500.
    std::function<void(std::string_view request_id, std::string_view what)> bug;
};

// Summed over all threads; each figure only moves up, `open` aside.
struct ListenerCounters {
    std::uint64_t connections_open = 0;
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;   // Over the limit.
    std::uint64_t framing_errors = 0;        // Answered 400, 408, 414 or 431 before any route.
    std::array<std::uint64_t, 6> answers{};  // By status class: [2] counts 2xx.
};

// Made, stopped and destroyed on one thread.
class Listener {
public:
    // Binds every address and starts the threads; requests are served when this returns. `router`,
    // `clock` and `id_source` outlive the listener. Errc::unavailable when an address is in use or
    // cannot be bound, Errc::invalid for a bad address, network, certificate or key.
    [[nodiscard]] static Result<std::unique_ptr<Listener>> start(ListenerSettings settings,
                                                                 Router const& router,
                                                                 Clock const& clock,
                                                                 IdSource& id_source,
                                                                 ListenerHooks hooks = {});

    // stop(), when nobody called it. Destroy what handlers wait for (the store) before this object
    // and after stop(): its completions may still arrive, and are dropped.
    ~Listener();
    Listener(Listener const&) = delete;
    Listener& operator=(Listener const&) = delete;

    // "http://127.0.0.1:8080", one for each address, in their order, with the real ports.
    [[nodiscard]] std::vector<std::string> const& origins() const;
    [[nodiscard]] std::vector<std::uint16_t> const& ports() const;

    // Reads certificate and key again; new connections get them. The old ones stay when it fails.
    // Without TLS it does nothing. May be called from any thread.
    [[nodiscard]] Result<void> reload_tls();

    // May be called from any thread.
    [[nodiscard]] ListenerCounters counters() const;

    // Accepts no more, closes idle connections, answers what runs (at most drain_timeout; then it
    // is cut), and joins the threads. Twice is once.
    void stop();

private:
    struct State;
    explicit Listener(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace updraft::http
