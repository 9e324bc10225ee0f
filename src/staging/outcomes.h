// What becomes of a place when its upgrade changes, in the commit of that change.
//
// Lives here: the listener: hand-outs, ends, and versions that a device reports by itself.
//
// Not here:   the rules (rollout/outcome.h), what happens by time alone (staging/settle.h), taking
//             places for devices that show up (staging/take_place.h).
#pragma once

#include "staging/serving_record.h"
#include "upgrade/outcome_listener.h"

namespace updraft::staging {

// Safe to use from any thread. A change of an upgrade that no rollout decides about costs no query.
class Outcomes final : public upgrade::OutcomeListener {
public:
    // `polling`: of models without an interval of their own. `serving` must outlive this.
    Outcomes(ServingRecord const& serving, Millis polling) : serving_(serving), polling_(polling) {}

    // An order of a user, or auto-upgrade, takes its place when the device fetches it.
    Result<void> progressed(Tx& tx, upgrade::Upgrade const& upgrade, Instant now) const override;
    Result<void> ended(Tx& tx, upgrade::Upgrade const& upgrade, Instant now) const override;
    Result<void> version_reported(Tx& tx, fleet::Device const& device, Instant now) const override;

private:
    ServingRecord const& serving_;
    Millis polling_;
};

}  // namespace updraft::staging
