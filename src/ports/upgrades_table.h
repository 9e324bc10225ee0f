// Rows of upgrades.
//
// Lives here: the interface to one upgrade, and to those that are due.
// Not here:   long lists of them (ports/upgrade_lists_table.h), orders (ports/orders_table.h),
//             timelines (ports/timelines_table.h), the types (upgrade/upgrade.h), which changes are
//             allowed (upgrade/lifecycle.h), the SQL (sqlstore/tables/upgrades_rows.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "upgrade/upgrade.h"
#include "vocabulary/byte_set.h"
#include "vocabulary/result.h"

namespace updraft {

// Devices of one user, one model and one version, and the release that all of them get.
struct OpenMany {
    Did after;                                   // Those whose did is greater than this one,
    Did until;                                   // up to that one.
    std::int64_t count = 0;                      // How many of them have no active upgrade.
    std::optional<ReleaseId> offers_after = {};  // Devices with this one only.

    OrderId order_id;
    OpenId open_id;
    ModelName model;
    Version from_version;
    ReleaseId release_id;
    Version version;
    Instant now;
    Instant due_at;
    std::int64_t step = 0;
};

struct OpenedMany {
    std::int64_t count = 0;
    UpgradeId first;  // Meaningless when the count is 0.
    UpgradeId last;
};

// An active upgrade of a gateway or of a sub-device.
struct FamilyUpgrade {
    upgrade::Upgrade upgrade;
    Did family;                     // The gateway's did.
    std::optional<OpenId> open_id;  // The device's user now.
    Version runs;                   // The device's version now.
    std::optional<ReleaseId> offers_after;
    std::optional<Instant> last_seen;
};

// Where the next call of UpgradesTable::running_of() starts.
struct RunningCursor {
    Instant due_at;
    UpgradeId id;
};

// The result of one sweep() of old upgrades.
struct Swept {
    std::int64_t removed = 0;
    std::optional<UpgradeId> next;  // Where the next sweep() starts; absent when it is done.
};

class UpgradesTable {
public:
    virtual ~UpgradesTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<upgrade::Upgrade> find(UpgradeId id) const = 0;
    // The one upgrade of that device that has not ended, if any.
    [[nodiscard]] virtual Result<std::optional<upgrade::Upgrade>> active_of(
        Did const& did) const = 0;
    // The id of active_of(), which is cheaper to read; for polls, which mostly find none.
    [[nodiscard]] virtual Result<std::optional<UpgradeId>> active_id_of(Did const& did) const = 0;
    // Active upgrades of the gateways and of their sub-devices, in no promised order. `gateways`
    // may be devices that are none. At most `limit` for each few of them.
    [[nodiscard]] virtual Result<std::vector<FamilyUpgrade>> of_families(
        std::span<Did const> gateways, std::int64_t limit) const = 0;
    // Active upgrades of that release after `after`, in order of due time and id, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> running_of(
        ReleaseId release, RunningCursor const& after, std::int64_t limit) const = 0;
    // True when the device has or had an upgrade to that release that started by itself.
    [[nodiscard]] virtual Result<bool> started_by_itself(Did const& did,
                                                         ReleaseId release) const = 0;
    // Active upgrades that are due, the earliest due time first, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> due(Instant now,
                                                                    std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<std::optional<Instant>> next_due() const = 0;

    // The served bytes of its artifact, as record_served() stored them; nothing when it has none.
    [[nodiscard]] virtual Result<ByteSet> served(UpgradeId id) const = 0;

    // Answers the new id. Errc::conflict when the device has an active upgrade.
    virtual Result<UpgradeId> open(upgrade::Upgrade const& upgrade) = 0;
    // Creates an upgrade for each such device that has no active one, in one statement. The ids are
    // consecutive device-safe ids (vocabulary/ids.h). Errc::internal when their number differs from
    // `wanted.count`.
    virtual Result<OpenedMany> open_many(OpenMany const& wanted) = 0;
    // Compare-and-set: replaces `before` by `after`. Errc::busy when the state, the progress or the
    // number of reports in the row is no longer that of `before`; the caller may then try again.
    virtual Result<void> move(upgrade::Upgrade const& before, upgrade::Upgrade const& after) = 0;
    // For bytes that are not the first ones of the file; an empty set removes the row.
    virtual Result<void> record_served(UpgradeId id, ByteSet const& bytes) = 0;
    // Sets the owner if there is none; keeps an existing one.
    virtual Result<void> give(UpgradeId id, OpenId const& open_id) = 0;
    // Makes the queued upgrades of that release due now; answers their number.
    virtual Result<std::int64_t> make_due(ReleaseId release, Instant now) = 0;
    // Removes an upgrade as if it had never been opened, with its timeline, and with its order when
    // that has no upgrade left: for one that nobody ordered and no device fetched.
    // Errc::not_found.
    virtual Result<void> remove(UpgradeId id) = 0;
    // Looks at the next `limit` upgrades after `after` and removes those that ended before
    // `ended_before`, with their timelines, and with orders that have no upgrade left. The upgrade
    // that installed a device's current version is kept, and one whose place in a rollout is
    // unsettled, silent or still checked.
    virtual Result<Swept> sweep(Instant ended_before, UpgradeId after, std::int64_t limit) = 0;
};

}  // namespace updraft
