#include "firmware/upkeep.h"

#include "ports/releases_table.h"

namespace updraft::firmware {

Result<std::int64_t> sweep_orphans(Store& store, Blobs& blobs, Instant now) {
    auto const older_than = now - orphan_age_min;
    TRY_ASSIGN(auto const candidates, blobs.list(older_than));
    std::int64_t removed = 0;
    for (auto const& sha256 : candidates) {
        TRY_ASSIGN(auto const named,
                   read(store, [&](Tx const& tx) { return tx.releases().names_artifact(sha256); }));
        if (named) continue;
        TRY(blobs.remove(sha256, older_than));
        ++removed;
    }
    return removed;
}

Result<std::optional<Checked>> scrub_step(Blobs& blobs, Millis period, Instant now) {
    TRY_ASSIGN(auto const due, blobs.due_for_check(now - period));
    if (!due) return std::optional<Checked>{};
    auto verified = blobs.verify(*due);
    if (verified || verified.error().code == Errc::not_found) {
        return std::optional(Checked{.sha256 = *due});
    }
    if (verified.error().code != Errc::corrupt) return pass(verified);
    return std::optional(Checked{.sha256 = *due, .damaged = true});
}

}  // namespace updraft::firmware
