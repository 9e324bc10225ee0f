#include "firmware/candidate.h"

#include <algorithm>

#include "ports/devices_table.h"
#include "ports/upgrades_table.h"
#include "rollout/audience.h"

namespace updraft::firmware {
namespace {

// In a count wave that the rollout fills by itself, users may order where it holds a place.
bool asks_for_place(rollout::Rollout const& one) {
    return one.mode == rollout::Mode::install && one.state < rollout::State::stopping &&
           one.plan.user_may_pull == rollout::UserMayPull::open_waves && one.wave &&
           one.plan.waves[*one.wave].devices;
}

}  // namespace

bool asks_for_attributes(Catalog const& catalog) {
    return std::ranges::any_of(catalog.rollouts, [](rollout::Rollout const& one) {
        return rollout::needs_attributes(one.audience);
    });
}

bool asks_for_places(Catalog const& catalog) {
    return std::ranges::any_of(catalog.rollouts, asks_for_place);
}

Result<Candidate> candidate(Tx const& tx, Catalog const& catalog, fleet::Device const& device) {
    Candidate found(device);
    if (catalog.rollouts.empty()) return found;
    if (asks_for_attributes(catalog)) {
        TRY_ASSIGN(found.attributes, tx.devices().attributes(device.did));
    }
    if (asks_for_places(catalog)) {
        TRY_ASSIGN(auto const active, tx.upgrades().active_of(device.did));
        if (active && active->origin == upgrade::Origin::rollout) {
            found.placed_in = active->release_id;
        }
    }
    return found;
}

}  // namespace updraft::firmware
