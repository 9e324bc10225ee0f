// What needs the role admin where a model's rollouts must be approved: otherwise a release would
// reach everybody without a second person.
//
// Lives here: the rules about `minApprovals` (wire contract 6.7).
//
// Not here:   approving rollouts (staging/operate.h).
#pragma once

#include <string_view>

#include "access/actor.h"
#include "ports/store.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace updraft::usecases {

// Errc::forbidden when rollouts of the model need an approval and the actor is no admin. `what` is
// the part of the request that needs it, as for access::needs().
[[nodiscard]] Result<void> check_unapproved(Tx const& tx, access::Actor const& actor,
                                            ModelName const& model, std::string_view what);

}  // namespace updraft::usecases
