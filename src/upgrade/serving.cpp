#include "upgrade/serving.h"

#include <algorithm>

#include "ports/devices_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/admission.h"

namespace updraft::upgrade {

Result<void> served(Tx& tx, Means const& means, UpgradeId id, ServedBytes const& sent,
                    Instant now) {
    auto const found = tx.upgrades().find(id);
    if (!found) return {};  // The upgrade was removed during the download.
    auto const& before = *found;
    auto const phase = before.state == State::cancelling ? before.resume_state : before.state;
    if (is_final(before.state) || phase > State::downloaded) return {};
    if (before.state == State::queued) {
        auto const device = tx.devices().find(before.did);
        if (!device) return {};
        TRY_ASSIGN(auto const reason, held_back(tx, means, *device, before, now));
        if (reason) return {};
    }
    TRY_ASSIGN(auto const plan, plan_of(tx, before));
    auto const whole = plan.release->artifact ? plan.release->artifact->bytes : 0;
    auto next = stepped(before, Event::bytes_began);
    if (sent.reached_the_end) next = stepped(std::move(next), Event::bytes_ended);
    // The smaller one of the number of bytes and the highest offset: repeated bytes, or only the
    // last bytes of the file, do not count as more progress.
    auto const fetched = std::min({before.bytes_served + sent.bytes, sent.reach, whole});
    next.bytes_served = std::max(before.bytes_served, fetched);
    auto const progress = after(Progress{before.progress, before.figure}, Figure::derived,
                                served_percent(next.bytes_served, whole));
    next.progress = progress.percent;
    if (next == before) return {};
    TRY(record(tx, means, before, std::move(next), {}, now));
    return {};
}

}  // namespace updraft::upgrade
