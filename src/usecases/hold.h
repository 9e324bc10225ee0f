// Places and lifts holds, the stop button of operators.
//
// Lives here: the use cases.
//
// Not here:   what a hold keeps back (firmware/eligibility.h, upgrade/admission.h).
#pragma once

#include <optional>
#include <string>

#include "access/actor.h"
#include "firmware/hold.h"
#include "ports/store.h"
#include "vocabulary/result.h"

namespace updraft::usecases {

// The members that are given must both fit; without any, everything is held.
struct HoldToPlace {
    std::optional<ModelName> model;
    std::optional<ReleaseId> release;
    std::string note;
};

// From the commit on, nothing that it covers is offered, ordered or handed out; what runs goes on.
// Errc::invalid for a firmware that does not exist or is of another model; Errc::conflict when
// there are firmware::holds_max.
[[nodiscard]] Result<firmware::Hold> place_hold(Tx& tx, access::Actor const& actor,
                                                HoldToPlace const& wanted, Instant now);

// Apps are notified of what is offered again. Errc::not_found.
[[nodiscard]] Result<void> lift_hold(Tx& tx, access::Actor const& actor, HoldId id, Instant now);

}  // namespace updraft::usecases
