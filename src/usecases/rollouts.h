// Operators create, change, start and stop rollouts.
//
// Lives here: the use cases, which record each act.
//
// Not here:   the rules (staging/operate.h, staging/acts.h), a rollout that is made with the
// release
//             of its firmware (usecases/release_firmware.h).
#pragma once

#include "access/actor.h"
#include "ports/store.h"
#include "staging/operate.h"

namespace updraft::usecases {

// Errors as staging::create().
[[nodiscard]] Result<rollout::Rollout> create_rollout(Tx& tx, access::Actor const& actor,
                                                      staging::ToCreate const& wanted, Instant now);

// Answers the rollout after the change. Errors as staging::edit().
[[nodiscard]] Result<rollout::Rollout> change_rollout(Tx& tx, access::Actor const& actor,
                                                      RolloutId id, staging::Edit const& edit,
                                                      Instant now);

// Answers the rollout after the act. Errors as staging::move().
[[nodiscard]] Result<rollout::Rollout> move_rollout(Tx& tx, upgrade::Means const& means,
                                                    access::Actor const& actor,
                                                    staging::Move const& wanted, Instant now);

// Errors as staging::remove().
[[nodiscard]] Result<void> remove_rollout(Tx& tx, access::Actor const& actor, RolloutId id,
                                          Instant now);

}  // namespace updraft::usecases
