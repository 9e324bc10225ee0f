// The fixture of the suites about rollouts and their places.
//
// Lives here: rollouts and places with default values, and short forms of the store's calls.
//
// Not here:   the promises (contracts/store/rollouts_test.cpp, contracts/store/places_test.cpp).
#pragma once

#include "ports/rollouts_table.h"

#include "upgrades.h"

namespace updraft::contract {

using rollout::Judged;
using rollout::Place;
using rollout::Rollout;

class Rollouts : public Upgrades {
protected:
    static Rollout a_rollout(std::int64_t release = 11, std::string model = "lamp") {
        Rollout made;
        made.name = "careful";
        made.release = ReleaseId{release};
        made.model = ModelName{std::move(model)};
        made.created_by = "ann";
        made.created_at = noon;
        return made;
    }
    RolloutId create(Rollout const& wanted) {
        return written([&](Tx& tx) { return tx.rollouts().insert(wanted); });
    }
    Rollout rollout(RolloutId id) {
        return seen([&](Tx const& tx) { return tx.rollouts().find(id); });
    }
    // Replaces the rollout by what `change` makes of it.
    void edit(RolloutId id, std::function<void(Rollout&)> const& change) {
        written([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto found, tx.rollouts().find(id));
            change(found);
            return tx.rollouts().replace(found);
        });
    }
    void set_state(RolloutId id, rollout::State state) {
        edit(id, [&](Rollout& one) { one.state = state; });
    }

    static Place a_place(RolloutId id, std::string did, std::int64_t wave = 1) {
        Place place;
        place.rollout = id;
        place.did = Did{did};
        place.wave = wave;
        place.family = Did{did};
        place.upgrade = UpgradeId{11};
        place.taken_at = noon;
        return place;
    }
    Place take(Place place) {
        written([&](Tx& tx) { return tx.rollouts().take(place); });
        return place;
    }
    // The place after `change`.
    Place change(Place const& before, std::function<void(Place&)> const& change) {
        auto after = before;
        change(after);
        written([&](Tx& tx) { return tx.rollouts().move(before, after); });
        return after;
    }
    Place judge(Place const& before, Judged judged) {
        return change(before, [&](Place& place) {
            place.handed_out_at = noon;
            place.judged = judged;
            place.judged_at = noon + std::chrono::hours{1};
            place.in_flight = false;
        });
    }
    std::optional<Place> place(RolloutId id, std::string did) {
        return seen([&](Tx const& tx) { return tx.rollouts().place(id, Did{did}); });
    }
    // All sums; equal to a recount of the places.
    std::vector<rollout::WaveTally> sums(RolloutId id) {
        auto const tallies = seen([&](Tx const& tx) { return tx.rollouts().tallies(id); });
        EXPECT_EQ(tallies, seen([&](Tx const& tx) { return tx.rollouts().recount(id); }));
        return tallies;
    }
    static std::vector<std::string> dids(std::vector<PlaceRow> const& rows) {
        std::vector<std::string> found;
        for (auto const& row : rows) found.push_back(row.place.did.value);
        return found;
    }
    void hear(std::string did, Instant at) {
        std::vector<std::pair<Did, Instant>> const signs{{Did{std::move(did)}, at}};
        written([&](Tx& tx) { return tx.devices().seen(signs); });
    }
};

}  // namespace updraft::contract
