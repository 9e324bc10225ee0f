// The HTTP connections of a fleet: requests go in, answers come out, nothing waits.
//
// Lives here: libcurl.
// Not here:   who asks what and when (simulator/fleet.h).
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
class Lines {
public:
    struct Options {
        std::string url;
        std::size_t connections_max = 256;
        std::int64_t download_rate = 0;  // Bytes per second and download; 0: no limit.
        bool trusts_any_certificate = false;
    };
    // A piece of a download of `caller`, before its answer is complete.
    using OnBytes = std::function<void(std::size_t caller, int status, std::string_view bytes)>;
    using OnHeard = std::function<void(std::size_t caller, Heard heard)>;

    [[nodiscard]] static Result<std::unique_ptr<Lines>> open(Options options, OnBytes on_bytes,
                                                             OnHeard on_heard);
    ~Lines();
    Lines(Lines const&) = delete;
    Lines& operator=(Lines const&) = delete;

    // False: no line is free for it now. Downloads leave a quarter of the lines to short requests.
    [[nodiscard]] bool send(std::size_t caller, Ask const& ask, std::string const& authorization);
    // Moves bytes, and waits for some at most that long when there are none. Answers are told from
    // inside; send() may be called from there.
    void work(Millis patience);

private:
    struct Line;
    struct State;
    explicit Lines(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace updraft::simulator
