// When a wave of a rollout passes, and what comes next. Pure.
//
// Lives here: the start of the first wave, passing waves, places of waves, and the next step in
//             words.
//
// Not here:   when a step is taken, and its rows (staging/).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "rollout/outcome.h"
#include "rollout/place.h"
#include "rollout/rollout.h"

namespace updraft::rollout {

// What the passing of a wave depends on, besides the rollout.
struct WaveFacts {
    std::span<WaveTally const> tallies;  // Of all epochs and waves.
    Tempo tempo;                         // Of the model.
    // When the device in the middle of the open wave was handed the release: half of them are
    // older. Absent: nobody was.
    std::optional<Instant> middle_handed_out_at = {};
    // Since when nobody took a place of the last wave although the window was open and there was
    // room. Absent: somebody did just now, or could not.
    std::optional<Instant> idle_since = {};
};

// Opens the first wave, at the start. `rollout.waves` gets one course for each wave of the plan.
void open_first_wave(Rollout& rollout, Instant now);

// Sets the places of waves by the audience that was counted; they never shrink. Uses
// Rollout::audience_count.
void set_places(Rollout& rollout);

// Notes that the open wave has become full, or is not any more.
void note_full(Rollout& rollout, std::span<WaveTally const> tallies, Instant now);

enum class Passing : std::uint8_t {
    not_yet,
    passes,         // The next one opens.
    asks_approval,  // It would pass, but the next one opens only by an operator.
    finishes,       // It was the last one.
};
// Whether the open wave passes at `now`. The rollout must be running, and the gate must allow it.
[[nodiscard]] Passing passing(Rollout const& rollout, WaveFacts const& facts, Instant now);

// The open wave has passed. Opens the next one; after the last one, State::finished.
void pass_wave(Rollout& rollout, Instant now);

[[nodiscard]] WaveState state_of_wave(Rollout const& rollout, std::size_t index);
// When the soak of that wave is over; absent while it has not begun.
[[nodiscard]] std::optional<Instant> soak_until(Rollout const& rollout, std::size_t index);

// What happens next.
enum class Step : std::uint8_t { submit, approve, start, open_wave, finish, resume, stop, none };
inline constexpr EnumWords<8> step_words{"submit", "approve", "start", "open_wave",
                                         "finish", "resume",  "stop",  "none"};
struct NextStep {
    Step what = Step::none;
    std::optional<Instant> when;  // Absent: it depends on more than time.
    std::string because;          // A sentence in English.
};
[[nodiscard]] NextStep next_step(Rollout const& rollout, WaveFacts const& facts, Instant now);

}  // namespace updraft::rollout
