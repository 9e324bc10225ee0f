// Decides whether an upgrade may start, and if not, why. Pure.
//
// Lives here: which reasons count for whose upgrade: the one rule of precedence
//             (docs/adr/0020-admission-answers-a-reason.md).
//
// Not here:   which reasons are true (upgrade/facts.h), answering them (upgrade/why.h), handing the
//             upgrade out (upgrade/hand_out.h).
#pragma once

#include <array>
#include <cstdint>

#include "upgrade/upgrade.h"
#include "vocabulary/reason.h"

namespace updraft::upgrade {

// Whose start it is.
struct Start {
    Origin origin = Origin::automatic;
    bool forced = false;    // As in Upgrade.
    bool way_back = false;  // As in Upgrade.
};
[[nodiscard]] constexpr Start start_of(Upgrade const& upgrade) {
    return {upgrade.origin, upgrade.forced, upgrade.way_back};
}

namespace admission_words {

inline constexpr std::uint8_t user = 1U << static_cast<unsigned>(Origin::user);
inline constexpr std::uint8_t oper = 1U << static_cast<unsigned>(Origin::by_operator);
inline constexpr std::uint8_t roll = 1U << static_cast<unsigned>(Origin::rollout);
inline constexpr std::uint8_t self = 1U << static_cast<unsigned>(Origin::automatic);
inline constexpr std::uint8_t all = user | oper | roll | self;

// Which starts a reason holds back.
struct Rule {
    std::uint8_t origins;
    bool forced_too;    // Also a forced one.
    bool way_back_too;  // Also one on the way back.
};

// In the order of Reason.
inline constexpr std::array<Rule, reason_count> rules{{
    {all, true, true},                  // no_release
    {all, true, true},                  // not_upgradable
    {all, true, false},                 // already_on_version
    {all, true, false},                 // newer_version
    {all, true, false},                 // offers_after
    {all, true, false},                 // needs_stepping_stone
    {all, true, false},                 // not_in_audience
    {all, true, false},                 // excluded
    {all, true, true},                  // held
    {all, true, false},                 // halted
    {all, true, false},                 // availability_nobody
    {all, true, false},                 // paused
    {all, true, false},                 // wave_not_yet
    {user | roll | self, true, false},  // no_room
    {user | roll | self, true, false},  // rate
    {roll, true, false},                // retry_later
    {roll | self, true, true},          // policy_off
    {roll, true, true},                 // window
    {oper | roll | self, false, true},  // upgrade_hours
    {all, true, true},                  // gateway_turn
    {all, true, true},                  // active_upgrade
    {all, true, true},                  // device_deferred
    {all, true, true},                  // not_polled
    {all, true, true},                  // not_ordered
}};

}  // namespace admission_words

// True when that reason, being true, holds such a start back.
[[nodiscard]] constexpr bool counts(Reason reason, Start const& start) {
    auto const& rule = admission_words::rules[static_cast<std::size_t>(reason)];
    auto const origin = 1U << static_cast<unsigned>(start.origin);
    return (rule.origins & origin) != 0 && (rule.forced_too || !start.forced) &&
           (rule.way_back_too || !start.way_back);
}

// Of the reasons that are true, those that hold such a start back.
[[nodiscard]] constexpr Reasons holding_back(Reasons facts, Start const& start) {
    Reasons holding;
    for (std::size_t i = 0; i < reason_count; ++i) {
        auto const reason = static_cast<Reason>(i);
        if (facts.has(reason) && counts(reason, start)) holding.add(reason);
    }
    return holding;
}

}  // namespace updraft::upgrade
