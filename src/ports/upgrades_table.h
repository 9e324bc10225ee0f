// The rows of upgrades.
//
// Lives here: what the domain asks of one upgrade, or of those whose time has come.
// Not here:   long lists of them (ports/upgrade_lists_table.h), orders (ports/orders_table.h),
//             timelines (ports/timelines_table.h), the nouns (upgrade/upgrade.h), which change is
//             allowed (upgrade/lifecycle.h), the SQL (sqlstore/tables/upgrades_rows.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "upgrade/upgrade.h"
#include "vocabulary/result.h"

namespace updraft {

// Devices of one user, of one model, on one version, and the release that all of them take.
struct OpenMany {
    Did after;               // Those whose did is greater than this one,
    Did until;               // up to that one.
    std::int64_t count = 0;  // How many of them have no active upgrade.

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

// An active upgrade of a device behind a gateway.
struct FamilyUpgrade {
    UpgradeId id;
    Did did;
    ModelName model;
    upgrade::State state = upgrade::State::queued;
    Instant created_at;
    std::optional<Instant> last_seen;
};

// The result of one sweep() of old upgrades.
struct Swept {
    std::int64_t removed = 0;
    std::optional<UpgradeId> next;  // Where to go on; absent when all were looked at.
};

class UpgradesTable {
public:
    virtual ~UpgradesTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<upgrade::Upgrade> find(UpgradeId id) const = 0;
    // The one upgrade of that device that has not ended, if any.
    [[nodiscard]] virtual Result<std::optional<upgrade::Upgrade>> active_of(
        Did const& did) const = 0;
    // Its id, which costs less: for callers that expect that there is none.
    [[nodiscard]] virtual Result<std::optional<UpgradeId>> active_id_of(Did const& did) const = 0;
    // Active upgrades of the devices behind that gateway (not its own), in order of did.
    [[nodiscard]] virtual Result<std::vector<FamilyUpgrade>> hanging_on(
        Did const& gateway, std::int64_t limit) const = 0;
    // Active ones whose due time has come, most overdue first.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> due(Instant now,
                                                                    std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<std::optional<Instant>> next_due() const = 0;

    // Gives it its id. Errc::conflict when the device has an active upgrade.
    virtual Result<UpgradeId> open(upgrade::Upgrade const& upgrade) = 0;
    // One for each such device that has no active upgrade, in one statement; their ids are
    // successive. Errc::internal when they are not as many as was counted.
    virtual Result<OpenedMany> open_many(OpenMany const& wanted) = 0;
    // Compare-and-set: what `before` says is replaced by what `after` says. Errc::busy when the row
    // is no longer as it was, so that the caller asks again.
    virtual Result<void> move(upgrade::Upgrade const& before, upgrade::Upgrade const& after) = 0;
    // Sets the owner if there is none; keeps an existing one.
    virtual Result<void> give(UpgradeId id, OpenId const& open_id) = 0;
    // Queued upgrades of that release become due now; answers how many.
    virtual Result<std::int64_t> make_due(ReleaseId release, Instant now) = 0;
    // Looks at `limit` upgrades after that one and removes those that ended before then, with their
    // timelines and orders; a device's installed one stays.
    virtual Result<Swept> sweep(Instant ended_before, UpgradeId after, std::int64_t limit) = 0;
};

}  // namespace updraft
