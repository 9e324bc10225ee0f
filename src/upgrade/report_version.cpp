#include "upgrade/report_version.h"

#include "ports/devices_table.h"
#include "ports/upgrades_table.h"

namespace updraft::upgrade {
namespace {

bool is_being_verified(Upgrade const& upgrade) {
    return upgrade.state == State::verifying ||
           (upgrade.state == State::cancelling && upgrade.resume_state == State::verifying);
}

// The upgrade that brought the version which the device no longer runs.
Result<void> note_fallback(Tx& tx, fleet::Device const& before, Version const& version,
                           Instant now) {
    if (!before.installed) return {};
    auto const last = tx.upgrades().find(*before.installed);
    if (!last || last->version != before.version) return {};
    return tx.upgrades().note(last->id,
                              {.at = now,
                               .state = last->state,
                               .progress = last->progress,
                               .text = "the device reports version " + version.value},
                              "");
}

}  // namespace

Result<fleet::Device> report_version(Tx& tx, Means const& means, fleet::Device const& device,
                                     Version const& version, Instant now) {
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(device.did));
    auto const verified = active && is_being_verified(*active);
    if (verified && version == active->version) {
        TRY(record(tx, means, *active, stepped(*active, Event::version_proven), {}, now));
        return tx.devices().find(device.did);
    }
    if (version == device.version) {
        if (!verified || version == active->from_version) return device;
    } else {
        TRY(note_fallback(tx, device, version, now));
    }
    auto changed = device;
    changed.version = version;
    TRY(tx.devices().replace(changed));
    if (verified && version != active->from_version) {
        auto const cause = written(Cause::version_mismatch, "the device reports " + version.value);
        TRY(end(tx, means, *active, Event::version_wrong, cause, now));
    }
    TRY(means.outbox.tell_offer(tx, changed, now));
    return changed;
}

}  // namespace updraft::upgrade
