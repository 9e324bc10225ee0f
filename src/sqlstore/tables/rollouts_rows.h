// Implements RolloutsTable in SQL.
//
// Lives here: the SQL of its functions, in rollouts_rows.cpp (rollouts, rates, timelines),
//             rollout_places.cpp (changes of places and of their sums) and rollout_lists.cpp
//             (sweeps and lists of places).
// Not here:   the contract of its functions (ports/rollouts_table.h).
#pragma once

#include "ports/rollouts_table.h"
#include "sqlstore/session.h"
#include "sqlstore/tables/caches.h"

namespace updraft::sqlstore {

class RolloutsRows final : public RolloutsTable {
public:
    RolloutsRows(Session& session, Caches& caches) : session_(session), caches_(caches) {}

    Result<rollout::Rollout> find(RolloutId id) const override;
    Result<Page<rollout::Rollout>> list(RolloutFilter const& filter,
                                        PageAsk const& ask) const override;
    Result<std::optional<rollout::Rollout>> open_of(ReleaseId release) const override;
    Result<std::vector<RolloutId>> to_step() const override;
    Result<RolloutId> insert(rollout::Rollout const& rollout) override;
    Result<void> replace(rollout::Rollout const& rollout) override;
    Result<void> remove(RolloutId id) override;

    Result<std::vector<rollout::WaveTally>> tallies(RolloutId id) const override;
    Result<std::vector<rollout::WaveTally>> recount(RolloutId id) const override;

    Result<std::optional<rollout::Place>> place(RolloutId id, Did const& did) const override;
    Result<std::vector<rollout::Place>> places_of(Did const& did) const override;
    Result<bool> has_relative(rollout::Place const& place) const override;
    Result<void> take(rollout::Place const& place) override;
    Result<void> move(rollout::Place const& before, rollout::Place const& after) override;
    Result<void> give_back(rollout::Place const& place) override;

    Result<std::vector<PlaceRow>> due(RolloutId id, Instant now, std::int64_t limit) const override;
    Result<std::optional<Instant>> next_check(RolloutId id) const override;
    Result<PlaceBatch> spoke_again(RolloutId id, Did const& after,
                                   std::int64_t limit) const override;
    Result<PlaceBatch> in_flight(RolloutId id, Did const& after, std::int64_t limit) const override;
    Result<std::int64_t> handed_out_between(RolloutId id, std::int64_t wave, Instant after,
                                            Instant until) const override;
    Result<std::optional<Instant>> nth_hand_out(RolloutId id, std::int64_t wave, Instant after,
                                                std::int64_t nth) const override;
    Result<Page<PlaceRow>> places(PlaceFilter const& filter, PageAsk const& ask) const override;
    Result<std::int64_t> sweep_places(Instant ended_before, std::int64_t limit) override;

    Result<bool> spend(RolloutId id, std::int64_t wanted, StartRate const& rate,
                       Instant now) override;
    Result<std::int64_t> starts_left(RolloutId id, StartRate const& rate,
                                     Instant now) const override;

    Result<void> note(RolloutId id, RolloutNote const& note) override;
    Result<Page<RolloutNote>> timeline(RolloutId id, PageAsk const& ask) const override;

private:
    // Adds to the sums of the epoch and wave of that place.
    Result<void> add(rollout::Place const& place, rollout::Tally const& delta);
    // The starts that are left, in parts.
    Result<std::int64_t> parts_left(RolloutId id, StartRate const& rate, Instant now) const;

    Session& session_;
    Caches& caches_;
};

}  // namespace updraft::sqlstore
