#include "upgrade/report_version.h"

#include "firmware/running.h"
#include "ports/devices_table.h"
#include "ports/timelines_table.h"
#include "ports/upgrades_table.h"
#include "vocabulary/if_found.h"
#include "vocabulary/version_spelling.h"

namespace updraft::upgrade {
namespace {

bool is_being_verified(Upgrade const& upgrade) {
    return upgrade.state == State::verifying ||
           (upgrade.state == State::cancelling && upgrade.resume_state == State::verifying);
}

// What a reported version means for the active upgrade.
enum class Meaning : std::uint8_t { nothing, proven, wrong };

// A device that ran the target before must also report success: its version alone proves nothing.
Result<Meaning> meaning_for(Tx const& tx, Upgrade const& active, Version const& reported) {
    TRY_ASSIGN(auto const plan, plan_of(tx, active));
    auto const verified = is_being_verified(active);
    auto const* const ran = firmware::running(*plan.catalog, active.from_version);
    auto const* runs_now = firmware::running(*plan.catalog, reported, ran);
    // Of several releases whose files say this, the target is more likely than the newest one.
    if (runs_now != ran) runs_now = firmware::running(*plan.catalog, reported, plan.release);
    if (runs_now == plan.release) {
        return verified || ran != plan.release ? Meaning::proven : Meaning::nothing;
    }
    auto const waits = !verified || is_same_version(reported, active.from_version) ||
                       (ran != nullptr && runs_now == ran);
    return waits ? Meaning::nothing : Meaning::wrong;
}

// The version to store: what the device reported; but when that is only what the file of the
// release says that the device installed last, the version of this release, because the files of
// later releases may say the same.
Result<Version> disambiguated(Tx const& tx, fleet::Device const& device, Version const& reported) {
    if (reported == device.version || !device.installed) return reported;
    TRY_ASSIGN(auto const last, if_found(tx.upgrades().find(*device.installed)));
    if (!last || last->model != device.model) return reported;
    TRY_ASSIGN(auto const plan, plan_of(tx, *last));
    auto const by_its_file =
        firmware::running(*plan.catalog, reported, plan.release) == plan.release &&
        !firmware::is_called(*plan.release, reported);
    return by_its_file ? last->version : reported;
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
    if (!last) return {};
    TRY_ASSIGN(auto const plan, plan_of(tx, *last));
    auto const runs_it = [&](Version const& one) {
        return firmware::running(*plan.catalog, one, plan.release) == plan.release;
    };
    if (!runs_it(before.version) || runs_it(version)) return {};
    TRY_ASSIGN(auto const full, has_notes_after_the_end(tx, last->id, fallback_notes_max));
    if (full) return {};
    auto const back = firmware::is_same_software(*plan.catalog, version, last->from_version);
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
                                     Version const& reported, Instant now) {
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(device.did));
    auto meaning = Meaning::nothing;
    if (active) {
        TRY_ASSIGN(meaning, meaning_for(tx, *active, reported));
    }
    if (meaning == Meaning::proven) {
        Note note;
        if (!is_being_verified(*active)) {
            note.text = "the device reports version " + reported.value;
        }
        TRY(record(tx, means, *active, stepped(*active, Event::version_proven), note, now));
        return tx.devices().find(device.did);
    }
    TRY_ASSIGN(auto const version, disambiguated(tx, device, reported));
    if (version == device.version && meaning == Meaning::nothing) return device;
    if (version != device.version) TRY(note_fallback(tx, device, version, now));
    auto changed = device;
    changed.version = version;
    TRY(tx.devices().replace(changed));
    if (meaning == Meaning::wrong) {
        auto const cause = written(Cause::version_mismatch, "the device reports " + version.value);
        TRY(end(tx, means, *active, Event::version_wrong, cause, now));
    }
    TRY(means.listener.version_reported(tx, changed, now));
    return changed;
}

Result<bool> would_report_version(Tx const& tx, fleet::Device const& device,
                                  Version const& reported) {
    TRY_ASSIGN(auto const version, disambiguated(tx, device, reported));
    if (version != device.version) return true;
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(device.did));
    if (!active) return false;
    TRY_ASSIGN(auto const meaning, meaning_for(tx, *active, reported));
    return meaning != Meaning::nothing;
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
    if (!last) return std::nullopt;
    TRY_ASSIGN(auto const plan, plan_of(tx, *last));
    auto const* const runs_now = firmware::running(*plan.catalog, device.version, plan.release);
    if (runs_now == plan.release) return std::nullopt;
    TRY_ASSIGN(auto const noted, has_notes_after_the_end(tx, last->id, 1));
    if (!noted) return std::nullopt;  // An operator set the version; no report changed it.
    TRY_ASSIGN(auto const newest, tx.timelines().from_end(last->id, 0));
    if (!newest) return std::nullopt;
    return Fallback{.upgrade = last->id, .from = last->version, .at = newest->at};
}

}  // namespace updraft::upgrade
