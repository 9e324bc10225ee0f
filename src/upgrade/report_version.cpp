#include "upgrade/report_version.h"

#include "ports/devices_table.h"
#include "ports/timelines_table.h"
#include "ports/upgrades_table.h"
#include "vocabulary/if_found.h"

namespace updraft::upgrade {
namespace {

bool is_being_verified(Upgrade const& upgrade) {
    return upgrade.state == State::verifying ||
           (upgrade.state == State::cancelling && upgrade.resume_state == State::verifying);
}

constexpr int quiet_intervals = 3;

// Version changes that are recorded in the timeline of an upgrade that has ended.
constexpr std::int64_t fallback_notes_max = 100;

// True when the ended upgrade's timeline has at least `count` entries after the one with which the
// upgrade ended: the end and all that follows it have a final state, and nothing before.
Result<bool> has_notes_after_the_end(Tx const& tx, UpgradeId id, std::int64_t count) {
    TRY_ASSIGN(auto const entry, tx.timelines().from_end(id, count));
    return entry && is_final(entry->state);
}

// If the device's version came from its last successful upgrade, adds an entry to the timeline of
// that upgrade: the device has another version now.
Result<void> note_fallback(Tx& tx, fleet::Device const& before, Version const& version,
                           Instant now) {
    if (!before.installed) return {};
    auto const last = tx.upgrades().find(*before.installed);
    if (!last || last->version != before.version) return {};
    TRY_ASSIGN(auto const full, has_notes_after_the_end(tx, last->id, fallback_notes_max));
    if (full) return {};
    auto const back = version == last->from_version;
    return tx.timelines().note(last->id,
                               {.at = now,
                                .state = last->state,
                                .progress = last->progress,
                                .text = (back ? "the device fell back: it reports version "
                                              : "the device left this version: it reports ") +
                                        version.value},
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
    TRY(means.listener.version_reported(tx, changed, now));
    return changed;
}

Result<bool> would_report_version(Tx const& tx, fleet::Device const& device,
                                  Version const& version) {
    if (version != device.version) return true;
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(device.did));
    if (!active || !is_being_verified(*active)) return false;
    return version == active->version || version != active->from_version;
}

bool wants_version(Upgrade const& upgrade, Millis polling, Instant now) {
    if (upgrade.state == State::verifying) return true;
    auto const phase = upgrade.state == State::cancelling ? upgrade.resume_state : upgrade.state;
    return phase >= State::downloading && phase <= State::verifying && upgrade.moved_at &&
           now - *upgrade.moved_at >= quiet_intervals * polling;
}

Result<std::optional<Fallback>> fallback_of(Tx const& tx, fleet::Device const& device) {
    if (!device.installed) return std::nullopt;
    TRY_ASSIGN(auto const last, if_found(tx.upgrades().find(*device.installed)));
    if (!last || last->version == device.version) return std::nullopt;
    TRY_ASSIGN(auto const noted, has_notes_after_the_end(tx, last->id, 1));
    if (!noted) return std::nullopt;  // An operator set the version; no report changed it.
    TRY_ASSIGN(auto const newest, tx.timelines().from_end(last->id, 0));
    if (!newest) return std::nullopt;
    return Fallback{.upgrade = last->id, .from = last->version, .at = newest->at};
}

}  // namespace updraft::upgrade
