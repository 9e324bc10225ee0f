// Why a device does not get a release, or does not get it yet (wire contract 6.8).
//
// Lives here: the closed list of reasons in the order in which they are checked, sets of them, and
//             their texts for people.
//
// Not here:   which of them are true of a device (firmware/eligibility.h, upgrade/facts.h), which
//             of them count for whose upgrade (upgrade/admission.h).
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

#include "vocabulary/enum_words.h"

namespace updraft {

enum class Reason : std::uint8_t {
    // Never.
    no_release,            // It is not released, or was withdrawn.
    not_upgradable,        // The model was declared not upgradable.
    already_on_version,    // The device runs it.
    newer_version,         // The device runs, or is offered, a later release.
    offers_after,          // It is not later than what the device was put back from.
    needs_stepping_stone,  // It cannot be installed on what the device runs.
    not_in_audience,       // The rollout is not meant for the device.
    excluded,              // The rollout names the device as excluded.
    // Not now.
    held,                 // An operator's hold covers it.
    halted,               // Its rollout was halted.
    availability_nobody,  // It is available to nobody.
    paused,               // Its rollout is paused.
    wave_not_yet,         // The device's wave is not open.
    no_room,              // The wave, or what may run at once, is full.
    rate,                 // As many as may start in this minute have started.
    retry_later,          // A failed attempt is repeated later, or not any more.
    policy_off,           // The user wants nothing to start by itself.
    window,               // The rollout's window is closed.
    upgrade_hours,        // It is not within the user's upgrade hours.
    gateway_turn,         // Its gateway, or other sub-devices of the gateway, come first.
    active_upgrade,       // The device has an active upgrade.
    device_deferred,      // The device has put it off.
    not_polled,           // The device has not asked for work since.
    not_ordered,          // Nobody has ordered it, and nothing starts it by itself.
};
inline constexpr std::size_t reason_count = 24;

// The names of reasons in all APIs, in the order of Reason.
inline constexpr EnumWords<reason_count> reason_words{"no_release",
                                                      "not_upgradable",
                                                      "already_on_version",
                                                      "newer_version",
                                                      "offers_after",
                                                      "needs_stepping_stone",
                                                      "not_in_audience",
                                                      "excluded",
                                                      "held",
                                                      "halted",
                                                      "availability_nobody",
                                                      "paused",
                                                      "wave_not_yet",
                                                      "no_room",
                                                      "rate",
                                                      "retry_later",
                                                      "policy_off",
                                                      "window",
                                                      "upgrade_hours",
                                                      "gateway_turn",
                                                      "active_upgrade",
                                                      "device_deferred",
                                                      "not_polled",
                                                      "not_ordered"};

[[nodiscard]] constexpr std::string_view word(Reason reason) {
    return word_in(reason_words, reason);
}

// A set of reasons.
class Reasons {
public:
    constexpr Reasons() = default;

    constexpr void add(Reason reason) { bits_ |= bit(reason); }
    constexpr void add(Reasons others) { bits_ |= others.bits_; }
    constexpr void remove(Reason reason) { bits_ &= ~bit(reason); }
    constexpr void set(Reason reason, bool is_true) {
        if (is_true) add(reason);
    }
    [[nodiscard]] constexpr bool has(Reason reason) const { return (bits_ & bit(reason)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    // The first one in the order of the list.
    [[nodiscard]] constexpr std::optional<Reason> first() const {
        if (bits_ == 0) return std::nullopt;
        return static_cast<Reason>(std::countr_zero(bits_));
    }
    bool operator==(Reasons const&) const = default;

private:
    static constexpr std::uint32_t bit(Reason reason) {
        return 1U << static_cast<std::uint32_t>(reason);
    }

    std::uint32_t bits_ = 0;
};

enum class Language : std::uint8_t { english, chinese };

// The language that an Accept-Language field prefers; English when it names neither.
[[nodiscard]] Language read_language(std::string_view accept_language);

// A sentence: that the reason holds the device back, or that it does not.
[[nodiscard]] std::string_view text_of(Reason reason, bool holds, Language language);
// The sentence when no reason holds it back.
[[nodiscard]] std::string_view text_of_none(Language language);

}  // namespace updraft
