// An upgrade: one device gets one release, by an order.
//
// Lives here: the types.
//
// Not here:   which changes of state are allowed (upgrade/lifecycle.h), rows
//             (ports/upgrades_table.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::upgrade {

enum class State : std::uint8_t {
    queued,   // The device has not fetched it.
    offered,  // The device has fetched deploymentBase.
    downloading,
    downloaded,
    installing,
    verifying,   // The device reported success; it must still report the target version.
    cancelling,  // The device is asked to stop.
    succeeded,
    failed,
    cancelled,
    expired,
};

[[nodiscard]] constexpr bool is_final(State state) { return state >= State::succeeded; }

inline constexpr std::size_t state_count = 11;

// The names of states in all APIs and in the store, in the order of State.
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

// The source of a progress figure, worst first: a worse source never replaces a better one.
enum class Figure : std::uint8_t {
    derived,  // Served bytes and reached states.
    own,      // The device's report: progress {cnt,of}, or a percentage at the start of a text.
};

// What started an upgrade.
enum class Origin : std::uint8_t {
    user,
    by_operator,
    rollout,
    automatic,  // The user's policy (policy/policy.h).
};

// The names of origins in all APIs and in the store, in the order of Origin.
inline constexpr EnumWords<4> origin_words{"user", "operator", "rollout", "auto"};

[[nodiscard]] constexpr std::string_view word(Origin origin) {
    return word_in(origin_words, origin);
}
[[nodiscard]] constexpr std::optional<Origin> read_origin(std::string_view text) {
    return value_in<Origin>(origin_words, text);
}

struct Upgrade {
    UpgradeId id;
    OrderId order_id;
    Did did;
    ModelName model;
    std::optional<OpenId> open_id;  // The device's user at the order; see adopt() in order.h.
    ReleaseId release_id;
    Version from_version;
    Version version;  // The target version.
    State state = State::queued;
    int progress = 0;   // Percent; 100 only after success.
    std::string cause;  // Empty unless it ended without success: "<word>" or "<word>: <detail>".
    Instant created_at;
    std::optional<Instant> started_at;  // When the device took it.
    std::optional<Instant> finished_at;
    std::optional<Instant> due_at;  // When a timeout may have passed (expire.h).
    // When the state, the progress or the served bytes last changed; while cancelling: when that
    // began. Absent: not known yet.
    std::optional<Instant> moved_at;
    std::int64_t reports = 0;            // Recorded reports of the device; limited.
    std::int64_t report_bytes = 0;       // Bytes of text in these reports; limited.
    State resume_state = State::queued;  // While cancelling: the state after a refused cancel.
    Figure figure = Figure::derived;     // The best source of the progress so far.
    std::int64_t bytes_served = 0;       // Distinct bytes of its artifact that were served.
    std::int64_t ranges_served = 0;      // Ranges of them; 0: they are the first bytes_served ones.
    std::int64_t step = 0;               // Number of the step, from 1, with all_steps; else 0.
    Origin origin = Origin::user;
    bool forced = false;    // An operator's order that does not keep to upgrade hours.
    bool way_back = false;  // An operator's order of a release that may be older (allowOlder).

    bool operator==(Upgrade const&) const = default;
};

// How many upgrades an order opens for a device.
enum class StepMode : std::uint8_t {
    next_step,  // One, to the release that is offered now.
    all_steps,  // One after the other after each success, until there is no further offer.
};
// Upgrade::step of the first upgrade of a device in such an order.
[[nodiscard]] constexpr std::int64_t first_step(StepMode step_mode) {
    return step_mode == StepMode::all_steps ? 1 : 0;
}

// Who orders.
struct Orderer {
    std::optional<AppId> appid;     // Absent: the operator.
    std::optional<OpenId> open_id;  // Absent: the operator.
};

// Configuration [upgrade].
struct Limits {
    Millis queue_timeout = std::chrono::hours{24 * 7};
    Millis stall_timeout = std::chrono::hours{24};
    Millis verify_timeout = std::chrono::minutes{30};  // But at least three polling intervals.
    Millis progress_timeout = std::chrono::hours{72};
    Millis cancel_timeout = std::chrono::hours{24};
    std::int64_t concurrent_per_gateway_max = 1;
    std::int64_t starts_per_minute = 1'000;  // Of upgrades that start by themselves.
    Millis history_retention = std::chrono::hours{24 * 180};
};

}  // namespace updraft::upgrade
