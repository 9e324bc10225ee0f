// How the simulated devices behave: what goes wrong, how often, and how long things take.
//
// Lives here: the behaviour of a fleet, and the counts of what it did.
// Not here:   the devices (simulator/device.h), running many of them (simulator/fleet.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "vocabulary/instant.h"

namespace updraft::simulator {

// Rates are shares of upgrades, from 0 (never) to 1 (always). One upgrade has at most one of the
// fates failure, wrong hash, silence, fallback and rejection; a cut download is resumed.
struct Behaviour {
    double failure_rate = 0;         // Installs halfway, then closes with failure.
    double wrong_hash_rate = 0;      // Finds another hash than announced, closes with failure.
    double silence_rate = 0;         // Dies while installing and never polls again.
    double fallback_rate = 0;        // Succeeds, and two polls later runs the old version again.
    double rejection_rate = 0;       // Answers the deployment with `rejected`.
    double cut_rate = 0;             // Loses the connection in mid-download and resumes by Range.
    double cancel_refusal_rate = 0;  // Answers a cancel with `rejected` and goes on.
    Millis install{5'000};
    std::optional<Millis> polling;   // Instead of what the server says.
    std::int64_t download_rate = 0;  // Bytes per second and device; 0: as fast as it goes.
    std::string version_attribute = "firmwareVersion";
};

// What happened so far. Used by the fleet's thread alone.
struct Tally {
    std::int64_t requests = 0;
    std::int64_t polls = 0;
    std::int64_t bytes = 0;  // Of artifacts.
    std::int64_t active = 0;
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;  // As their behaviour wanted it.
    std::int64_t cancelled = 0;
    std::int64_t silent = 0;
    std::int64_t fell_back = 0;
    std::int64_t resumed = 0;  // Downloads, after a cut.
    std::int64_t dropped = 0;  // Upgrades that the server ended meanwhile.
    std::int64_t unanswered = 0;
    std::int64_t refused = 0;  // 401: the credential is wrong.
    // Answers that a device of this protocol cannot understand, and how often each came.
    std::map<std::string, std::int64_t> unexpected;

    [[nodiscard]] std::int64_t ended() const { return succeeded + failed + cancelled + dropped; }
};

using Chance = std::mt19937_64;

// What a device works with while it thinks. References outlive the call only.
struct World {
    Behaviour const& behaviour;
    Tally& tally;
    Chance& chance;
    Instant now;
    // Told one readable line for each thing worth telling; may be empty.
    std::function<void(std::string const&)> const& tell;

    // True with that probability.
    [[nodiscard]] bool happens(double rate) {
        return rate > 0 && std::uniform_real_distribution<double>{0, 1}(chance) < rate;
    }
};

}  // namespace updraft::simulator
