// An upgrade: one device carrying out one order.
//
// Lives here: the nouns.
// Not here:   which change of state is allowed (upgrade/lifecycle.h), rows
// (ports/upgrades_table.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::upgrade {

enum class State : std::uint8_t {
    queued,   // The device has not fetched it.
    offered,  // The device has fetched deploymentBase.
    downloading,
    downloaded,
    installing,
    verifying,   // It said success; we wait for it to report the version.
    cancelling,  // It was asked to stop.
    succeeded,
    failed,
    cancelled,
    expired,
};

[[nodiscard]] constexpr bool is_final(State state) { return state >= State::succeeded; }

inline constexpr std::size_t state_count = 11;

// The words for states on every wire and in the store, in the order of State.
inline constexpr std::array<std::string_view, state_count> state_words{
    "queued",     "offered",   "downloading", "downloaded", "installing", "verifying",
    "cancelling", "succeeded", "failed",      "cancelled",  "expired"};

[[nodiscard]] constexpr std::string_view word(State state) {
    return state_words[static_cast<std::size_t>(state)];
}
[[nodiscard]] constexpr std::optional<State> read_state(std::string_view text) {
    for (std::size_t i = 0; i < state_words.size(); ++i) {
        if (state_words[i] == text) return static_cast<State>(i);
    }
    return std::nullopt;
}

// Where a progress figure comes from, worst first: a better source is never overruled by a worse
// one.
enum class Figure : std::uint8_t {
    derived,  // Bytes served and phases reached.
    own,      // The device's: progress {cnt,of}, or a percentage at the start of a detail text.
};

struct Upgrade {
    UpgradeId id;
    OrderId order_id;
    Did did;
    ModelName model;
    std::optional<OpenId> open_id;  // Whose the device was when it was ordered.
    ReleaseId release_id;
    Version from_version;
    Version version;  // What is being installed.
    State state = State::queued;
    int progress = 0;   // Percent; 100 exactly on success.
    std::string cause;  // Empty unless it ended badly: "<word>" or "<word>: <detail>".
    Instant created_at;
    std::optional<Instant> started_at;  // When the device took it.
    std::optional<Instant> finished_at;
    std::optional<Instant> due_at;       // When silence ends it: queue, stall or verify timeout.
    std::int64_t reports = 0;            // Reports that changed something; limited.
    State resume_state = State::queued;  // While cancelling: where a rejected cancel goes back to.
    Figure figure = Figure::derived;     // The best source that gave a progress figure so far.
    std::int64_t bytes_served = 0;       // Of its artifact, as far as it was written down.
    std::int64_t step = 0;               // Of an order that goes all the way: from 1; else 0.

    bool operator==(Upgrade const&) const = default;
};

// How far an order takes a device.
enum class StepMode : std::uint8_t {
    next_step,  // What is on offer now.
    all_steps,  // And what is on offer from there, until nothing is.
};
// Upgrade::step of the upgrades that such an order begins with.
[[nodiscard]] constexpr std::int64_t first_step(StepMode step_mode) {
    return step_mode == StepMode::all_steps ? 1 : 0;
}

// Who an order comes from.
struct Orderer {
    std::optional<AppId> appid;     // Absent: the operator.
    std::optional<OpenId> open_id;  // Absent: the operator.
};

// Configuration [upgrade].
struct Limits {
    Millis queue_timeout = std::chrono::hours{24 * 7};
    Millis stall_timeout = std::chrono::hours{24};
    Millis verify_timeout = std::chrono::minutes{30};
    std::int64_t concurrent_per_gateway_max = 1;
    Millis history_retention = std::chrono::hours{24 * 180};
};

}  // namespace updraft::upgrade
