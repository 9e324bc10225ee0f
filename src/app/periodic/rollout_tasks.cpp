#include "app/periodic/rollout_tasks.h"

#include <memory>

#include "ports/rollouts_table.h"
#include "staging/steps.h"

namespace updraft::app {
namespace {

// Places in one transaction: it occupies the writer for some milliseconds.
constexpr std::int64_t places_per_transaction = 500;
constexpr Millis places_pause_in_backlog{20};
constexpr Millis places_every = std::chrono::minutes{10};

}  // namespace

PeriodicWork::Task advance_rollouts(Store& store, upgrade::Means const& means, RolloutParts& parts,
                                    leases::Leases& leases) {
    static constexpr auto lease = "advance rollouts";
    auto steps = std::make_shared<staging::Steps>(store, means, parts.rooms, parts.serving);
    auto run = [steps, &leases](Instant now) {
        return steps->step([&] { return leases.hold(lease, now); }, now);
    };
    return {.name = lease, .run = std::move(run)};
}

PeriodicWork::Task forget_places(Store& store, Millis retention) {
    auto run = [&store, retention](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const removed, write(store, [&](Tx& tx) {
                       return tx.rollouts().sweep_places(now - retention, places_per_transaction);
                   }));
        return now + (removed > 0 ? places_pause_in_backlog : places_every);
    };
    return {.name = "forget places", .run = std::move(run)};
}

}  // namespace updraft::app
