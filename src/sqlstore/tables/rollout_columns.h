// The columns of a rollout and of a place in it, and reading them.
//
// Lives here: the columns in their order, reading them, and the rollouts of a catalog.
// Not here:   the queries (tables/rollouts_rows.cpp, tables/rollout_places.cpp).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "rollout/place.h"
#include "rollout/rollout.h"
#include "sqlstore/session.h"

// Columns of the table `rollouts` (named `r` in the query), in the order that read_rollout()
// expects.
#define UPDRAFT_ROLLOUT_COLUMNS                                                              \
    "r.id, r.name, r.release_id, r.model, r.mode, r.audience, r.plan, r.state, r.reason, "   \
    "r.wave, r.waves, r.audience_count, r.canary_count, r.counted_at, r.epoch, r.revision, " \
    "r.created_by, r.edited_by, r.approved_by, r.start_at, r.created_at, r.started_at, "     \
    "r.ended_at, r.changed_at, r.closed"

// Columns of the table `rollout_places` (named `p` in the query), in the order that read_place()
// expects.
#define UPDRAFT_PLACE_COLUMNS                                                           \
    "p.rollout_id, p.did, p.wave, p.epoch, p.one_each, p.open_id, p.family, p.canary, " \
    "p.upgrade_id, p.in_flight, p.tries, p.taken_at, p.handed_out_at, p.succeeded_at, " \
    "p.judged, p.judged_at, p.aligned, p.check_at, p.retry_at"

namespace updraft::sqlstore {

inline constexpr int place_columns = 19;

// The rollout of the current row; its columns begin at column 0.
[[nodiscard]] Result<rollout::Rollout> read_rollout(Rows const& rows);
// The place of the current row; its columns begin at column `first`.
[[nodiscard]] Result<rollout::Place> read_place(Rows const& rows, int first = 0);

// The columns `waves` and `edited_by`.
[[nodiscard]] std::string waves_text(std::vector<rollout::WaveCourse> const& waves);
[[nodiscard]] std::string names_text(std::set<std::string> const& names);

// For the catalog of a model: for each of its releases the newest rollout that is no draft, if it
// decides. Closed ones only where the release is still available by its rollout.
[[nodiscard]] Result<std::vector<rollout::Rollout>> read_rollouts(Session& session,
                                                                  ModelName const& model);

}  // namespace updraft::sqlstore
