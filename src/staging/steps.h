// The steps of rollouts: what the server does with them by itself.
//
// Lives here: the order of work in one step, and what this instance keeps in memory between steps.
//             Everything that decides is read again in the transaction that changes it, so a step
//             may run twice, on two instances.
//
// Not here:   one change of a rollout (staging/advance.h), outcomes by time (staging/settle.h),
//             counting (staging/count_audience.h), when a step runs (app/periodic/tasks.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "ports/store.h"
#include "rollout/wave_course.h"
#include "staging/count_audience.h"
#include "staging/rooms.h"
#include "staging/serving_record.h"
#include "upgrade/means.h"

namespace updraft::staging {

// Used by one thread, which may block.
class Steps {
public:
    // All must outlive this.
    Steps(Store& store, upgrade::Means const& means, Rooms& rooms, ServingRecord& serving)
        : store_(store), means_(means), rooms_(rooms), serving_(serving) {}

    // True when this instance does the work; another one only follows its steps. Asked when there
    // is a rollout.
    using Acts = std::function<Result<bool>()>;

    // One step of every rollout, each in transactions of its own. Answers when the next one is due.
    [[nodiscard]] Result<Instant> step(Acts const& acts, Instant now);

private:
    // What is kept of one rollout between steps.
    struct Memory {
        std::optional<AudienceCount> count;
        std::int64_t taken = -1;  // Of its sums, at the last look,
        Instant looked_at;        // and when that was.
        Millis idle{};            // Open window and room, and nobody took a place.
        Instant middle_look;      // When the middle of the open wave is looked for next.
        std::optional<Instant> middle;
        // Cancelling after a halt or a stop.
        std::int64_t cancelling = -1;  // The revision for which it is done; -1: none.
        Did cancelled_up_to;
    };
    // What is read of one rollout.
    struct Seen {
        rollout::Rollout rollout;
        std::vector<rollout::WaveTally> tallies;
        rollout::Rhythm rhythm;
        bool has_room = false;
        bool has_due = false;
    };

    [[nodiscard]] Result<std::vector<Seen>> look(Instant now) const;
    [[nodiscard]] Result<Seen> look_at(Tx const& tx, RolloutId id, Instant now) const;
    void follow(std::vector<Seen> const& all);
    // True when there is more to do at once.
    [[nodiscard]] Result<bool> act(Seen const& seen, Instant now);
    [[nodiscard]] Result<bool> settle_some(Seen const& seen, Instant now);
    [[nodiscard]] Result<bool> count_some(Seen const& seen, Memory& memory, Instant now);
    [[nodiscard]] Result<bool> cancel_some(Seen const& seen, Memory& memory, Instant now);
    [[nodiscard]] Result<void> look_for_course(Seen const& seen, Memory& memory, Instant now);
    [[nodiscard]] Result<rollout::WaveFacts> wave_facts(Seen const& seen, Memory& memory,
                                                        Instant now) const;

    Store& store_;
    upgrade::Means const& means_;
    Rooms& rooms_;
    ServingRecord& serving_;
    std::map<RolloutId, Memory> memories_;
};

// The pause between two steps that the plan asks for: a quarter of its shortest time, at most
// two seconds.
[[nodiscard]] Millis pause_of(rollout::Plan const& plan);

}  // namespace updraft::staging
