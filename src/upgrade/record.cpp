#include "upgrade/record.h"

#include <algorithm>

#include "firmware/release.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "ports/timelines_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/gateway_turns.h"
#include "upgrade/open.h"
#include "vocabulary/if_found.h"

namespace updraft::upgrade {
namespace {

// A device reports its version when it polls, so it gets at least this many polling intervals.
constexpr int verify_intervals_min = 3;

// When the upgrade, which has just entered its state, must be looked at (expire.h).
Result<std::optional<Instant>> due_after(Tx const& tx, Means const& means, Upgrade const& upgrade,
                                         Instant now) {
    auto const& limits = means.limits;
    if (is_final(upgrade.state)) return std::nullopt;
    if (upgrade.state == State::queued) return upgrade.due_at;
    if (upgrade.state == State::cancelling) {
        return now + std::min(limits.stall_timeout, limits.cancel_timeout);
    }
    if (upgrade.state == State::verifying) {
        TRY_ASSIGN(auto const polling, polling_of(tx, means, upgrade.model));
        return now + std::max(limits.verify_timeout, verify_intervals_min * polling);
    }
    return now + std::min(limits.stall_timeout, limits.progress_timeout);
}

// While it is cancelling, only a change of the state moves it: whatever else the device does, it
// has not answered.
bool has_moved(Upgrade const& before, Upgrade const& after) {
    if (before.state != after.state) return true;
    return after.state != State::cancelling &&
           (before.progress != after.progress || before.bytes_served < after.bytes_served);
}

Result<void> set_times(Tx const& tx, Means const& means, Upgrade const& before, Upgrade& after,
                       Instant now) {
    auto const taken = before.state == State::queued && after.state != State::queued;
    auto const by_the_device =
        is_running(after.state) || after.state == State::succeeded || after.state == State::failed;
    if (taken && by_the_device) after.started_at = now;
    if (before.state != after.state) {
        TRY_ASSIGN(after.due_at, due_after(tx, means, after, now));
    }
    if (has_moved(before, after)) after.moved_at = now;
    if (is_final(after.state)) after.finished_at = now;
    if (after.state == State::succeeded) after.progress = 100;
    return {};
}

// Of an upgrade that has ended nobody asks which bytes were served.
Result<void> forget_served_ranges(Tx& tx, Upgrade& after) {
    if (!is_final(after.state) || after.ranges_served == 0) return {};
    after.ranges_served = 0;
    return tx.upgrades().record_served(after.id, {});
}

// Updates the device's row: after a success it has the new version. After every end, and while its
// version is awaited, it is asked for its attributes, which also say which version it runs. Answers
// the device after a success.
Result<std::optional<fleet::Device>> update_device(Tx& tx, Upgrade const& after) {
    if (after.state != State::succeeded) {
        TRY(tx.devices().want_attributes(after.did));
        return std::nullopt;
    }
    TRY_ASSIGN(auto device, if_found(tx.devices().find(after.did)));
    if (!device) return std::nullopt;
    device->version = after.version;
    device->installed = after.id;
    device->attributes_wanted = true;
    TRY(tx.devices().replace(*device));
    return device;
}

Result<void> tell(Tx& tx, Means const& means, Upgrade const& before, Upgrade const& after,
                  Instant now) {
    if (is_final(after.state)) return means.listener.ended(tx, after, now);
    auto const taken = !before.started_at && after.started_at;
    if (taken || before.progress != after.progress) {
        return means.listener.progressed(tx, after, now);
    }
    return {};
}

}  // namespace

Upgrade stepped(Upgrade upgrade, Event event) {
    auto const course = after(Course{upgrade.state, upgrade.resume_state}, event);
    upgrade.state = course.state;
    upgrade.resume_state = course.resume;
    return upgrade;
}

Result<Upgrade> record(Tx& tx, Means const& means, Upgrade const& before, Upgrade after,
                       Note const& note, Instant now) {
    TRY(set_times(tx, means, before, after, now));
    TRY(forget_served_ranges(tx, after));
    TRY(tx.upgrades().move(before, after));
    auto const changed = before.state != after.state || before.progress != after.progress;
    if (changed || !note.text.empty() || !note.report.empty()) {
        TRY(tx.timelines().note(after.id,
                                {.at = now,
                                 .state = after.state,
                                 .progress = after.progress,
                                 .text = tidied(note.text, note_bytes_max, Breaks::keep)},
                                note.report));
    }
    auto const entered = before.state != after.state;
    std::optional<fleet::Device> device;
    if (entered && (is_final(after.state) || after.state == State::verifying)) {
        TRY_ASSIGN(device, update_device(tx, after));
    }
    TRY(tell(tx, means, before, after, now));
    if (device) {
        // If a cancel was requested before the success, an order for all steps ends here.
        if (before.state != State::cancelling) TRY(go_on(tx, means, after, *device, now));
        TRY(means.listener.version_reported(tx, *device, now));
    }
    return after;
}

Result<Upgrade> end(Tx& tx, Means const& means, Upgrade const& upgrade, Event event,
                    std::string cause, Instant now) {
    auto ended = stepped(upgrade, event);
    ended.cause = std::move(cause);
    return record(tx, means, upgrade, std::move(ended), {}, now);
}

Result<Plan> plan_of(Tx const& tx, Upgrade const& upgrade) {
    TRY_ASSIGN(auto catalog, tx.releases().catalog(upgrade.model));
    auto const found =
        std::ranges::find(catalog->releases, upgrade.release_id, &firmware::Release::id);
    if (found == catalog->releases.end()) {
        return fail(Errc::corrupt, "an upgrade's release is not among those of its model");
    }
    auto const* release = &*found;
    return Plan{std::move(catalog), release};
}

}  // namespace updraft::upgrade
