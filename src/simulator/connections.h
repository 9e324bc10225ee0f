// The HTTP connections of a fleet, without blocking.
//
// Lives here: sending requests and taking answers, with libcurl.
//
// Not here:   which device sends what, and when (simulator/fleet.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "simulator/device.h"
#include "vocabulary/result.h"

namespace updraft::simulator {

// Used by one thread.
class Connections {
public:
    struct Options {
        std::string url;
        std::size_t connections_max = 256;
        std::int64_t download_rate = 0;  // Bytes per second and download; 0: no limit.
        bool trusts_any_certificate = false;
    };
    // A piece of a download of `caller`, before its answer is complete.
    using OnBytes = std::function<void(std::size_t caller, int status, std::string_view bytes)>;
    using OnAnswer = std::function<void(std::size_t caller, Answer answer)>;

    [[nodiscard]] static Result<std::unique_ptr<Connections>> open(Options options,
                                                                   OnBytes on_bytes,
                                                                   OnAnswer on_answer);
    ~Connections();
    Connections(Connections const&) = delete;
    Connections& operator=(Connections const&) = delete;

    // False: no connection is free. Downloads use at most three quarters of the connections.
    [[nodiscard]] bool send(std::size_t caller, Request const& request,
                            std::string const& authorization);
    // Sends and receives; when there is nothing to do, waits at most `wait`. Calls the two
    // functions for what was received; they may call send().
    void work(Millis wait);

private:
    struct Connection;
    struct State;
    explicit Connections(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace updraft::simulator
