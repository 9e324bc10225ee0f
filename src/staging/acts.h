// What operators do with a rollout, and what that makes of it. Pure.
//
// Lives here: which act is possible in which state and what it needs (wire contract 6.7), and the
//             rollout after it.
//
// Not here:   who may do it (staging/operate.h), edits (rollout/plan_changes.h), storing it
//             (staging/course.h), what the gate and time do (staging/advance.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "rollout/rollout.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::staging {

enum class Act : std::uint8_t { submit, start, approve, deny, pause, resume, stop, next_wave };

// The names of acts in the admin API, in the order of Act.
inline constexpr EnumWords<8> act_words{"submit", "start",  "approve", "deny",
                                        "pause",  "resume", "stop",    "next-wave"};

// What the operator says with an act.
struct Said {
    std::string_view note = {};
    bool acknowledged = false;
};

// Whether the open wave has passed but for the operator who opens the next one.
enum class OpenWave : std::uint8_t { not_passed, asks_approval };

// True when the act is possible in some rollout of that state.
[[nodiscard]] bool is_possible(Act act, rollout::State state);

// Errc::conflict when the act is not possible in its state, or there is no next wave; Errc::invalid
// when the act needs an acknowledgement and a note that were not given.
[[nodiscard]] Result<void> check(rollout::Rollout const& rollout, Act act, Said const& said,
                                 OpenWave wave);

// Whether rollouts of the model need to be approved.
enum class Approval : std::uint8_t { not_needed, needed };

// The rollout after an act that check() accepts. Neither its revision, nor the time of the change,
// nor who acted is changed.
[[nodiscard]] rollout::Rollout after(rollout::Rollout rollout, Act act, Approval approval,
                                     Instant now);

// It ends now, or, when it was started, after its upgrades were stopped.
void stop(rollout::Rollout& rollout, Instant now);

}  // namespace updraft::staging
