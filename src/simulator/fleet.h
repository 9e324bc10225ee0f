// Many simulated devices on one thread.
//
// Lives here: when each device makes its next request, over connections that all of them share.
//
// Not here:   which request that is (simulator/device.h), the connections
//             (simulator/connections.h), where devices come from
//             (app/commands/fleet_enrolment.h).
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

class Connections;

struct FleetOptions {
    std::string url;  // "http://127.0.0.1:8080": scheme, host and port.
    std::string tenant = "DEFAULT";
    std::size_t connections_max = 256;  // At most 3/4 of them carry downloads.
    Millis ramp{0};                     // The first polls are spread over this time.
    std::uint64_t seed = 1;             // Of the random numbers.
    bool trusts_any_certificate = false;
};

// Runs on the thread that calls run(); stop() is safe from any thread and from a signal handler.
class Fleet {
public:
    Fleet(FleetOptions options, Behaviour behaviour, std::vector<Member> members);
    ~Fleet();
    Fleet(Fleet const&) = delete;
    Fleet& operator=(Fleet const&) = delete;

    // Called with a readable line for each event, on the fleet's thread. Set before run().
    void on_event(std::function<void(std::string const&)> tell);
    // Called about twice a second on the fleet's thread, with the counts so far; run() ends when it
    // answers false. Set before run().
    void on_beat(std::function<bool(Tally const&)> beat);

    // Runs until stop(), or until the function of on_beat() answers false. Errc::unavailable when
    // HTTP cannot be set up.
    [[nodiscard]] Result<void> run();
    void stop() { stopped_.store(true); }

    [[nodiscard]] Tally const& tally() const { return tally_; }

private:
    struct Due;

    void schedule(std::size_t device, Step step);
    void take_due(Instant now);
    void send(Connections& connections, std::deque<std::size_t>& queue);

    FleetOptions options_;
    Behaviour behaviour_;
    Tally tally_;
    Chance chance_;
    std::vector<Device> devices_;
    std::vector<Due> agenda_;        // A heap; the device that is due first is on top.
    std::vector<Request> requests_;  // The next request of each device.
    // Devices that are due while no connection is free: short requests, and downloads.
    std::deque<std::size_t> waiting_;
    std::deque<std::size_t> waiting_downloads_;
    std::function<void(std::string const&)> tell_;
    std::function<bool(Tally const&)> beat_;
    std::atomic<bool> stopped_{false};
};

}  // namespace updraft::simulator
