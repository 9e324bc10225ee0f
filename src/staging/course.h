// The course of a rollout: its states, its waves, and what follows from them in the same commit.
//
// Lives here: beginning, opening waves, beginning anew after a halt, and storing a rollout together
//             with the availability of its release, the row of its timeline, and the announcement.
//
// Not here:   who may change the state and when (usecases/), changes by time and by the gate
//             (staging/advance.h), the devices in it (staging/take_place.h, staging/outcomes.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ports/store.h"
#include "rollout/rollout.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::staging {

// One row of the timeline of a rollout.
struct Turn {
    std::string kind;                       // created, started, wave_opened, halted, …
    std::string by = "system";              // The operator's name.
    std::optional<std::int64_t> wave = {};  // From 1.
    std::string text = {};
};

// Sets `rollout` running at `now`. The next step counts its audience and opens its first wave.
void begin(rollout::Rollout& rollout, Instant now);

// The open wave has passed, and the next one opens. Answers false, and the rollout is finished,
// when it was the last one.
bool open_next_wave(rollout::Rollout& rollout, Instant now);

// A halted rollout runs again: evidence, harm and growth are counted anew.
void begin_anew(rollout::Rollout& rollout);

// Stores `rollout`, which the caller read in this transaction and changed, and sets its revision
// and the time of the last change of its state. The released firmware of it gets the availability
// that the state means; when more devices may be offered something, that is announced. Errc::busy
// when another transaction changed it meanwhile.
Result<void> save(Tx& tx, rollout::Rollout& rollout, Turn const& turn, Instant now);

}  // namespace updraft::staging
