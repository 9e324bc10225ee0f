// How simulated devices behave: which failures occur, how often, and how long an installation
// takes.
//
// Lives here: the behaviour of a fleet, and the counts of what happened.
//
// Not here:   the devices (simulator/device.h), running many of them (simulator/fleet.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulator/ddi_words.h"
#include "vocabulary/instant.h"

namespace updraft::simulator {

// What becomes of one upgrade.
enum class Outcome : std::uint8_t {
    success,
    failure,     // Fails while it installs: closes with failure.
    wrong_hash,  // Finds another hash than announced, closes with failure.
    silence,     // Stops while it installs and never polls again, or later (Ending::after).
    fallback,    // Succeeds, and runs the old version again later.
    rejection,   // Answers the deployment with `rejected`.
    broken_off,  // Gets half of the bytes, and closes with failure: the download failed.
    stall,       // Gets half of the bytes, and no more; polls on.
};

struct Ending {
    Outcome outcome = Outcome::success;
    // failure: since the installation began. silence and fallback: since success was reported.
    // Absent: failure and silence halfway through the installation, fallback at the second poll.
    std::optional<Millis> after{};
};

// A version that does harm to some devices, and always to the same ones.
struct BadBuild {
    std::string version;
    double share = 1;  // Of the devices, from 0 to 1; which ones follows from their dids.
    Ending ending{Outcome::failure};
    std::string from;         // Only devices that run this version; empty: any.
    NamedTexts attributes{};  // Only devices that have all of these.
};

// Values of an attribute; the devices get them in turn.
struct Attribute {
    std::string name;
    std::vector<std::string> values;  // Not empty.
};

// Rates are shares of upgrades, from 0 (never) to 1 (always). One upgrade has at most one of the
// outcomes failure, wrong hash, silence, fallback and rejection; a cut download is resumed. What a
// bad build does to a device goes before all rates.
struct Behaviour {
    double failure_rate = 0;         // Fails halfway: closes with failure.
    double wrong_hash_rate = 0;      // Finds another hash than announced, closes with failure.
    double silence_rate = 0;         // Stops while installing and never polls again.
    double fallback_rate = 0;        // Succeeds, and two polls later runs the old version again.
    double rejection_rate = 0;       // Answers the deployment with `rejected`.
    double cut_rate = 0;             // Loses the connection in mid-download and resumes by Range.
    double cancel_refusal_rate = 0;  // Answers a cancel with `rejected` and continues.
    Millis install{5'000};
    std::optional<Millis> polling;   // Instead of what the server says.
    std::int64_t download_rate = 0;  // Bytes per second and device; 0: no limit.
    std::string version_attribute = "firmwareVersion";
    std::vector<BadBuild> bad_builds{};
    std::vector<Attribute> attributes{};  // Beside serialNo and hwRevision, or instead of them.
};

// What happened so far. Used by the fleet's thread alone.
struct Tally {
    std::int64_t requests = 0;
    std::int64_t polls = 0;
    std::int64_t bytes = 0;  // Of artifacts.
    std::int64_t active = 0;
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;  // Closed with failure, or rejected.
    std::int64_t cancelled = 0;
    std::int64_t silent = 0;
    std::int64_t fell_back = 0;
    std::int64_t resumed = 0;  // Downloads, after a cut.
    std::int64_t dropped = 0;  // Upgrades that the server ended.
    std::int64_t unanswered = 0;
    std::int64_t refused = 0;                      // 401: the credential is wrong.
    std::map<std::string, std::int64_t> failures;  // What devices reported, and how often.
    // Answers that are not valid in this protocol, and how often each came.
    std::map<std::string, std::int64_t> unexpected;

    [[nodiscard]] std::int64_t ended() const { return succeeded + failed + cancelled + dropped; }
};

// Random numbers that are the same for the same seed.
class Chance {
public:
    explicit Chance(std::uint64_t seed);
    ~Chance();
    Chance(Chance const&) = delete;
    Chance& operator=(Chance const&) = delete;

    // From 0 up to 1, each equally likely.
    [[nodiscard]] double share();
    // Less than `count`, each equally likely.
    [[nodiscard]] std::size_t below(std::size_t count);

private:
    struct Engine;
    std::unique_ptr<Engine> engine_;
};

// What a device works with during a call of on_answer(). The references need not outlive it.
struct World {
    Behaviour const& behaviour;
    Tally& tally;
    Chance& chance;
    Instant now;
    // Called with a readable line for each event; may be empty.
    std::function<void(std::string const&)> const& tell;

    // True with that probability.
    [[nodiscard]] bool happens(double rate) { return rate > 0 && chance.share() < rate; }
};

}  // namespace updraft::simulator
