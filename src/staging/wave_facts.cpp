#include "staging/wave_facts.h"

#include "upgrade/gateway_turns.h"

namespace updraft::staging {

Result<rollout::WaveFacts> shown_facts(Tx const& tx, upgrade::Means const& means,
                                       rollout::Rollout const& rollout,
                                       std::span<rollout::WaveTally const> tallies) {
    rollout::Rhythm rhythm;
    TRY_ASSIGN(rhythm.polling, upgrade::polling_of(tx, means, rollout.model));
    return rollout::WaveFacts{.tallies = tallies,
                              .tempo = rollout::tempo_of(rollout.plan, rhythm, Instant{}),
                              .middle_handed_out_at = {},
                              .idle_since = {}};
}

}  // namespace updraft::staging
