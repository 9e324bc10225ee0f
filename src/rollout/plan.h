// The plan of a rollout: how fast it grows, what stops it, and when it starts upgrades.
//
// Lives here: the type with the values of the preset `standard`, and its limits
//             (wire contract 6.7).
//
// Not here:   reading and writing it (rollout/read_plan.h), judging (rollout/gate.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vocabulary/enum_words.h"
#include "vocabulary/instant.h"

namespace updraft::rollout {

inline constexpr std::int64_t whole = 1'000'000;  // Millionths of an audience: all of it.
inline constexpr std::int64_t millionths_of_a_percent = whole / 100;

// A wave's size is cumulative: all places up to and including this wave.
struct Wave {
    std::string name = {};  // Empty: none was given.
    // Exactly one of the two: a count wave, or a percent wave (parts of a million of the audience).
    std::optional<std::int64_t> devices = {};
    std::optional<std::int64_t> millionths = {};
    Millis soak{};
    bool approval = false;  // Opens only by `next-wave`.

    bool operator==(Wave const&) const = default;
};

// Who has the release already and is not past `downloaded`: whether it is asked to stop.
enum class StopAction : std::uint8_t { cancel_not_started, let_run, cancel_all };
inline constexpr EnumWords<3> stop_action_words{"cancel_not_started", "let_run", "cancel_all"};

enum class InstallWord : std::uint8_t { forced, attempt };
inline constexpr EnumWords<2> install_word_words{"forced", "attempt"};

// Whose own order is served while the rollout decides.
enum class UserMayPull : std::uint8_t { open_waves, always, never };
inline constexpr EnumWords<3> user_may_pull_words{"open_waves", "always", "never"};

// Days and hours of a day, in a zone. Past midnight when `from` is later than `to`; the day is then
// the one on which it opens.
struct Window {
    std::uint8_t days = 0b1111111;  // Bit 0 is Monday.
    Millis from{};                  // Since local midnight.
    Millis to{};                    // Exclusive; up to 24 h.
    std::string zone;               // "device", an IANA name or "±HH:MM".

    bool operator==(Window const&) const = default;
};

struct Retry {
    std::int64_t times = 1;
    Millis after = std::chrono::hours{1};

    bool operator==(Retry const&) const = default;
};

inline constexpr std::size_t waves_max = 20;

struct Plan {
    std::string preset = "standard";  // standard, careful or urgent.
    std::vector<Wave> waves;          // Of the plan, or of its preset.
    bool waves_given = false;         // False: a small audience gets waves of its own at the start.
    std::int64_t per_minute_max = 1'000;
    std::int64_t in_flight_max = 20'000;
    std::int64_t first_unproven = 10;
    double failure_limit_percent = 2;
    double false_alarm_percent = 1;
    double unreached_limit_percent = 20;
    Millis settle_time = std::chrono::minutes{90};
    std::optional<Millis> silent_after;  // Absent: "auto".
    Millis revert_watch = std::chrono::hours{24 * 7};
    double pass_share_percent = 95;
    std::optional<std::int64_t> harmed_max;
    StopAction on_halt = StopAction::cancel_not_started;
    StopAction on_stop = StopAction::cancel_not_started;
    InstallWord install = InstallWord::forced;
    // Absent: "any", or not given (Mode::offer needs none).
    std::optional<Window> window;
    bool window_given = false;
    Retry retry;
    UserMayPull user_may_pull = UserMayPull::open_waves;

    bool operator==(Plan const&) const = default;
};

}  // namespace updraft::rollout
