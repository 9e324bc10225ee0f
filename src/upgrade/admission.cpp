#include "upgrade/admission.h"

#include "upgrade/gateway_turns.h"
#include "upgrade/record.h"

namespace updraft::upgrade {

Result<std::optional<Reason>> held_back(Tx const& tx, Means const& means,
                                        fleet::Device const& device, Upgrade const& upgrade,
                                        Instant now) {
    TRY_ASSIGN(auto const plan, plan_of(tx, upgrade));
    if (plan.release->state != firmware::ReleaseState::released) return Reason::no_release;
    return GatewayTurns(means).held_back(tx, device, upgrade, now);
}

}  // namespace updraft::upgrade
