#include "upgrade/report_version.h"

#include <algorithm>
#include <span>

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

// Version changes that are recorded in the timeline of an upgrade that has ended.
constexpr std::int64_t fallback_notes_max = 100;

// The entries after the one with which the upgrade ended.
std::span<TimelineEntry const> after_the_end(std::span<TimelineEntry const> timeline) {
    auto const end = std::ranges::find_if(
        timeline, [](TimelineEntry const& entry) { return is_final(entry.state); });
    if (end == timeline.end()) return {};
    return {std::next(end), timeline.end()};
}

// If the device's version came from its last successful upgrade, adds an entry to the timeline of
// that upgrade: the device has another version now.
Result<void> note_fallback(Tx& tx, fleet::Device const& before, Version const& version,
                           Instant now) {
    if (!before.installed) return {};
    auto const last = tx.upgrades().find(*before.installed);
    if (!last || last->version != before.version) return {};
    TRY_ASSIGN(auto const timeline, tx.timelines().of(last->id));
    if (std::ssize(after_the_end(timeline)) >= fallback_notes_max) return {};
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

Result<std::optional<Fallback>> fallback_of(Tx const& tx, fleet::Device const& device) {
    if (!device.installed) return std::nullopt;
    TRY_ASSIGN(auto const last, if_found(tx.upgrades().find(*device.installed)));
    if (!last || last->version == device.version) return std::nullopt;
    TRY_ASSIGN(auto const timeline, tx.timelines().of(last->id));
    auto const notes = after_the_end(timeline);
    if (notes.empty()) return std::nullopt;  // An operator set the version; no report changed it.
    return Fallback{.upgrade = last->id, .from = last->version, .at = notes.back().at};
}

}  // namespace updraft::upgrade
