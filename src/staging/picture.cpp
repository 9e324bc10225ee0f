#include "staging/picture.h"

#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "staging/wave_facts.h"

namespace updraft::staging {

Result<Picture> picture(Tx const& tx, upgrade::Means const& means, rollout::Rollout rollout,
                        Instant now) {
    Picture shown{.rollout = std::move(rollout)};
    TRY_ASSIGN(auto const release, tx.releases().find(shown.rollout.release));
    shown.version = release.version;
    TRY_ASSIGN(shown.tallies, tx.rollouts().tallies(shown.rollout.id));
    TRY_ASSIGN(auto const facts, shown_facts(tx, means, shown.rollout, shown.tallies));
    shown.next = rollout::next_step(shown.rollout, facts, now);
    return shown;
}

}  // namespace updraft::staging
