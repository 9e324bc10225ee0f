// A rollout: the operator's wish to bring one release to its audience carefully.
//
// Lives here: the types (wire contract 6.7).
//
// Not here:   its plan (rollout/plan.h), when a wave passes (rollout/wave_course.h), places and
//             outcomes of devices (rollout/place.h), rows (ports/rollouts_table.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rollout/plan.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft {

using RolloutId = Number<struct RolloutIdTag>;

}  // namespace updraft

namespace updraft::rollout {

enum class State : std::uint8_t {
    draft,
    waiting_approval,
    scheduled,
    running,
    paused,    // By an operator.
    halted,    // By the gate.
    stopping,  // Upgrades of it are being stopped.
    stopped,
    finished,
};
inline constexpr EnumWords<9> state_words{"draft",    "waiting_approval", "scheduled",
                                          "running",  "paused",           "halted",
                                          "stopping", "stopped",          "finished"};
[[nodiscard]] constexpr std::string_view word(State state) { return word_in(state_words, state); }
[[nodiscard]] constexpr std::optional<State> read_state(std::string_view text) {
    return value_in<State>(state_words, text);
}
// True while no other rollout of its release can be created.
[[nodiscard]] constexpr bool is_open(State state) { return state < State::stopped; }
// True from the start, the schedule or the submission on, until it is stopped: it then decides who
// gets its release.
[[nodiscard]] constexpr bool decides(State state) {
    return state != State::draft && state != State::stopped;
}

enum class Mode : std::uint8_t {
    offer,    // Devices of open waves are offered the release; their users decide.
    install,  // They are upgraded when they show up.
};
inline constexpr EnumWords<2> mode_words{"offer", "install"};

// Why the gate halted it.
enum class HaltReason : std::uint8_t { failing, failing_fast, harmed, unreachable };
inline constexpr EnumWords<4> halt_reason_words{"failing", "failing_fast", "harmed", "unreachable"};

struct Canaries {
    std::set<Did> dids;
    std::set<std::string> tags;

    [[nodiscard]] bool empty() const { return dids.empty() && tags.empty(); }
    bool operator==(Canaries const&) const = default;
};

// Who is meant; all that is given must hold. An absent set restricts nothing.
struct Audience {
    std::optional<std::set<Did>> include;
    std::set<Did> exclude;
    std::optional<std::set<Version>> from_versions;
    std::optional<std::set<std::string>> tags;  // Any of them.
    std::map<std::string, std::string> attributes;
    std::optional<std::set<OpenId>> open_ids;
    bool dynamic = true;  // False: only devices enrolled before the start.
    Canaries canaries;

    bool operator==(Audience const&) const = default;
};

enum class WaveState : std::uint8_t { waiting, open, soaking, passed };
inline constexpr EnumWords<4> wave_state_words{"waiting", "open", "soaking", "passed"};

// What has become of one wave of the plan.
struct WaveCourse {
    std::optional<std::int64_t> places;  // Cumulative; absent until counted. Never shrinks.
    // Mode::offer, a count wave: devices with a bucket up to this one, inclusive. Absent else.
    std::optional<std::int64_t> bucket_max;
    std::optional<Instant> opened_at;
    std::optional<Instant> full_at;  // When its last place was handed out.
    std::optional<Instant> passed_at;

    bool operator==(WaveCourse const&) const = default;
};

struct Rollout {
    RolloutId id;
    std::string name;
    ReleaseId release;
    ModelName model;
    Mode mode = Mode::offer;
    Audience audience;
    Plan plan;
    State state = State::draft;
    std::optional<HaltReason> reason;  // While halted.
    // The wave that is open: its place in `waves`, from 0. Absent before the start.
    std::optional<std::size_t> wave;
    std::vector<WaveCourse> waves;  // One for each wave of the plan; empty before the start.
    std::optional<std::int64_t> audience_count;
    std::int64_t canary_count = 0;  // Devices of the audience that are canaries.
    std::optional<Instant> counted_at;
    // Grows when a halted rollout is resumed: evidence and growth begin anew.
    std::int64_t epoch = 0;
    std::int64_t revision = 0;  // Grows with each change; its ETag.
    std::string created_by;
    std::set<std::string> edited_by;  // Who created or edited it since it was a draft.
    std::optional<std::string> approved_by;
    std::optional<Instant> start_at;
    Instant created_at;
    std::optional<Instant> started_at;
    std::optional<Instant> ended_at;
    std::optional<Instant> changed_at;  // When its state last changed.
    // A finished one that no step looks at any more: nothing of it is watched, and it serves no
    // late devices.
    bool closed = false;

    bool operator==(Rollout const&) const = default;
};

inline constexpr std::size_t rollout_name_bytes_max = 128;
inline constexpr std::size_t audience_dids_max = 10'000;  // include, exclude and canaries together.

}  // namespace updraft::rollout
