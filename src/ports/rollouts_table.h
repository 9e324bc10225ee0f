// Rows of rollouts, of the places that devices took in them, of their sums, and of their timelines.
//
// Lives here: the interface that the domain uses.
//
// Not here:   the types (rollout/rollout.h, rollout/place.h), the rollouts that decide about the
//             releases of a model (ReleasesTable::catalog()), counting an audience
//             (DevicesTable::of_model()), the SQL (sqlstore/tables/rollouts_rows.cpp,
//             sqlstore/tables/rollout_places.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollout/place.h"
#include "rollout/rollout.h"
#include "upgrade/upgrade.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

struct RolloutFilter {
    std::optional<rollout::State> state = {};
    std::optional<ModelName> model = {};
    std::optional<ReleaseId> release = {};
};

struct PlaceFilter {
    RolloutId rollout;
    std::optional<std::int64_t> wave = {};  // As rollout::Place::wave.
    std::optional<rollout::Judged> judged = {};
    std::optional<upgrade::State> state = {};  // Of its last upgrade.
};

// A place, with what is known of its upgrade, its device and its gateway.
struct PlaceRow {
    rollout::Place place;
    std::optional<upgrade::Upgrade> upgrade;  // Absent: it is older than the history is kept.
    bool device_exists = false;
    std::optional<Instant> last_seen;          // Of the device.
    std::optional<Instant> gateway_last_seen;  // Of its gateway now; absent without one.
};

// Where the next call goes on; absent: all were looked at.
struct PlaceBatch {
    std::vector<PlaceRow> rows;
    std::optional<Did> next;
};

// Starts that come back by time: `per_minute` in each minute, and at most `burst` that were not
// taken are kept.
struct StartRate {
    std::int64_t per_minute = 1;
    std::int64_t burst = 1;
};

struct RolloutNote {
    Instant at;
    std::string kind;  // created, started, wave_opened, halted, …
    std::string by;    // An operator's name, or "system".
    std::optional<std::int64_t> wave;
    std::string text;
};

class RolloutsTable {
public:
    virtual ~RolloutsTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<rollout::Rollout> find(RolloutId id) const = 0;
    // Newest first.
    [[nodiscard]] virtual Result<Page<rollout::Rollout>> list(RolloutFilter const& filter,
                                                              PageAsk const& ask) const = 0;
    // The one of that release that is open (rollout::is_open()), if any.
    [[nodiscard]] virtual Result<std::optional<rollout::Rollout>> open_of(
        ReleaseId release) const = 0;
    // Those that a step has to look at, oldest first: scheduled, running, paused, halted or
    // stopping ones, and finished ones that are not closed (rollout::Rollout::closed).
    [[nodiscard]] virtual Result<std::vector<RolloutId>> to_step() const = 0;

    // Answers the new id. Errc::conflict when its release has an open rollout.
    virtual Result<RolloutId> insert(rollout::Rollout const& rollout) = 0;
    // Replaces everything but id, release, model, created_by and created_at. Compare-and-set on
    // `revision`, which it raises by one. Errc::busy when the row has another revision or is gone.
    virtual Result<void> replace(rollout::Rollout const& rollout) = 0;
    // With its timeline; for drafts, which have no places. Errc::not_found when there is none.
    virtual Result<void> remove(RolloutId id) = 0;

    // The sums of every epoch and wave that has a place, in that order.
    [[nodiscard]] virtual Result<std::vector<rollout::WaveTally>> tallies(RolloutId id) const = 0;
    // The same, counted anew from all its places; for tests and checks, as it reads them all.
    [[nodiscard]] virtual Result<std::vector<rollout::WaveTally>> recount(RolloutId id) const = 0;

    [[nodiscard]] virtual Result<std::optional<rollout::Place>> place(RolloutId id,
                                                                      Did const& did) const = 0;
    // All places of that device, of the newest rollout first.
    [[nodiscard]] virtual Result<std::vector<rollout::Place>> places_of(Did const& did) const = 0;
    // True when another device with the user or the family of `place` has a place with `one_each`
    // in that rollout that is not neutral.
    [[nodiscard]] virtual Result<bool> has_relative(rollout::Place const& place) const = 0;

    // The three functions below keep the sums. Errc::conflict when the device has a place in that
    // rollout already.
    virtual Result<void> take(rollout::Place const& place) = 0;
    // Replaces `before` by `after`, of the same rollout and device. Errc::busy when the row is gone
    // or counts otherwise than `before`.
    virtual Result<void> move(rollout::Place const& before, rollout::Place const& after) = 0;
    // Removes the place, as if it had never been taken. Errc::busy as move().
    virtual Result<void> give_back(rollout::Place const& place) = 0;

    // Places whose `check_at` has come, the earliest first, at most `limit`. The caller changes
    // their `check_at`, otherwise it gets them again.
    [[nodiscard]] virtual Result<std::vector<PlaceRow>> due(RolloutId id, Instant now,
                                                            std::int64_t limit) const = 0;
    // The earliest `check_at` of the rollout.
    [[nodiscard]] virtual Result<std::optional<Instant>> next_check(RolloutId id) const = 0;
    // Looks at the next `limit` places after `after` that were judged silent; answers those whose
    // device was heard of after that.
    [[nodiscard]] virtual Result<PlaceBatch> spoke_again(RolloutId id, Did const& after,
                                                         std::int64_t limit) const = 0;
    // The next places after `after` that are in flight, at most `limit`: those whose upgrades a
    // halt or a stop cancels, or whose queued upgrades a newer rollout replaces.
    [[nodiscard]] virtual Result<PlaceBatch> in_flight(RolloutId id, Did const& after,
                                                       std::int64_t limit) const = 0;
    // How many places of that wave were handed out after `after` and no later than `until`, and
    // when the nth one (from 0) after `after` was; nothing when there are not so many. Neutral ones
    // are included. Both read that many places, so ask for short times, or go on from a known one.
    [[nodiscard]] virtual Result<std::int64_t> handed_out_between(RolloutId id, std::int64_t wave,
                                                                  Instant after,
                                                                  Instant until) const = 0;
    [[nodiscard]] virtual Result<std::optional<Instant>> nth_hand_out(RolloutId id,
                                                                      std::int64_t wave,
                                                                      Instant after,
                                                                      std::int64_t nth) const = 0;
    // In order of did. With a wave, and neither a judgement other than `good` nor a state that is
    // not final: those that are not handed out first, then by the time of the hand-out.
    [[nodiscard]] virtual Result<Page<PlaceRow>> places(PlaceFilter const& filter,
                                                        PageAsk const& ask) const = 0;
    // Removes at most `limit` places of rollouts that ended before that time and are stopped or
    // closed, and answers their number; 0: there are none left. Their sums stay.
    virtual Result<std::int64_t> sweep_places(Instant ended_before, std::int64_t limit) = 0;

    // Takes `wanted` starts from the rate of that rollout. False, and nothing is taken, when there
    // are not so many. A clock that was set back gives none.
    virtual Result<bool> spend(RolloutId id, std::int64_t wanted, StartRate const& rate,
                               Instant now) = 0;
    // The starts that spend() would give now.
    [[nodiscard]] virtual Result<std::int64_t> starts_left(RolloutId id, StartRate const& rate,
                                                           Instant now) const = 0;

    virtual Result<void> note(RolloutId id, RolloutNote const& note) = 0;
    // Newest first.
    [[nodiscard]] virtual Result<Page<RolloutNote>> timeline(RolloutId id,
                                                             PageAsk const& ask) const = 0;
};

}  // namespace updraft
