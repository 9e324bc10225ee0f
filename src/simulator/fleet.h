// Many simulated devices on one thread, each at its own pace.
//
// Lives here: who asks next, connections shared by all, carrying requests over HTTP.
// Not here:   what a device asks (simulator/device.h), where devices come from
// (simulator/enrolment.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "simulator/behaviour.h"
#include "simulator/device.h"
#include "vocabulary/result.h"

namespace updraft::simulator {

class Lines;

struct FleetOptions {
    std::string url;  // "http://127.0.0.1:8080": scheme, host and port.
    std::string tenant = "DEFAULT";
    std::size_t connections_max = 256;  // At once; a quarter of them never carries downloads.
    Millis ramp{0};                     // The first polls are spread over so long.
    std::uint64_t seed = 1;             // Of everything that happens by chance.
    bool trusts_any_certificate = false;
};

// Runs on the thread that calls run(); stop() is safe from any thread and from a signal handler.
class Fleet {
public:
    Fleet(FleetOptions options, Behaviour behaviour, std::vector<Member> members);
    ~Fleet();
    Fleet(Fleet const&) = delete;
    Fleet& operator=(Fleet const&) = delete;

    // Told one line for each thing worth telling, on the fleet's thread. Set before run().
    void on_event(std::function<void(std::string const&)> tell);
    // Called about twice a second, on the fleet's thread, with the counts so far; the fleet ends
    // when it answers false. Set before run().
    void on_beat(std::function<bool(Tally const&)> beat);

    // Until stop(), or until the beat says so. Errc::unavailable when HTTP cannot be set up.
    [[nodiscard]] Result<void> run();
    void stop() { stopped_.store(true); }

    [[nodiscard]] Tally const& tally() const { return tally_; }

private:
    struct Due;

    void schedule(std::size_t device, Step step);
    void take_due(Instant now);
    void send(Lines& lines, std::deque<std::size_t>& queue);

    FleetOptions options_;
    Behaviour behaviour_;
    Tally tally_;
    Chance chance_;
    std::vector<Device> devices_;
    std::vector<Due> agenda_;  // A heap: what is due first on top.
    std::vector<Ask> asks_;    // The next one of each device.
    // Due, but no line was free yet: short requests and downloads wait apart from each other.
    std::deque<std::size_t> waiting_;
    std::deque<std::size_t> waiting_downloads_;
    std::function<void(std::string const&)> tell_;
    std::function<bool(Tally const&)> beat_;
    std::atomic<bool> stopped_{false};
};

}  // namespace updraft::simulator
