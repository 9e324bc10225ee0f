// The rows of orders, upgrades and their timelines.
//
// Lives here: what the domain asks of them.
// Not here:   the nouns (upgrade/upgrade.h), which change is allowed (upgrade/lifecycle.h), the SQL
//             (sqlstore/tables/upgrades_rows.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "upgrade/upgrade.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

struct UpgradeFilter {
    std::optional<Did> did;
    std::optional<ModelName> model;
    std::optional<upgrade::State> state;
    std::optional<OrderId> order_id;
};

// An order and the range that the ids of its upgrades lie in, but for later steps. Between those of
// a large order, which is opened in parts, lie some of others.
struct OrderRow {
    OrderId order_id;
    std::optional<AppId> appid;
    std::optional<OpenId> open_id;
    Instant created_at;
    UpgradeId first;
    UpgradeId last;
};

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

struct ModelAndVersion {
    ModelName model;
    Version version;

    bool operator==(ModelAndVersion const&) const = default;
};

// Some of a user's devices, in order of did.
struct DevicesAhead {
    struct Kind {
        ModelAndVersion what;
        std::int64_t idle = 0;  // Devices without an active upgrade.

        bool operator==(Kind const&) const = default;
    };
    std::vector<Kind> kinds;
    std::int64_t count = 0;
    Did last;  // Meaningless when the count is 0.
};

struct OpenedMany {
    std::int64_t count = 0;
    UpgradeId first;  // Meaningless when the count is 0.
    UpgradeId last;
};

// An active upgrade of a device that hangs on some gateway.
struct FamilyUpgrade {
    UpgradeId id;
    Did did;
    ModelName model;
    upgrade::State state = upgrade::State::queued;
    Instant created_at;
    std::optional<Instant> last_seen;
};

struct FinishedAsk {
    OpenId open_id;
    std::optional<Did> did;
    std::optional<OrderId> order_id;
    UpgradeId first;  // None of those wanted has a lower id.
    Instant from;     // Inclusive.
    Instant before;   // Exclusive.
    std::int64_t skip = 0;
    std::int64_t count = 100;
};

struct FinishedUpgrade {
    upgrade::Upgrade upgrade;
    std::string device_name;  // Empty when the device is no longer that user's.
    std::string update_log;
};

struct TimelineEntry {
    Instant at;
    upgrade::State state = upgrade::State::queued;
    int progress = 0;
    std::string text;

    bool operator==(TimelineEntry const&) const = default;
};

// What a swept stretch of old upgrades came to.
struct Swept {
    std::int64_t removed = 0;
    std::optional<UpgradeId> next;  // Where to go on; absent when the sweep is through.
};

class UpgradesTable {
public:
    virtual ~UpgradesTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<upgrade::Upgrade> find(UpgradeId id) const = 0;
    // That find(), or active_of(), follows soon: where a question costs a journey it travels with
    // the next one.
    virtual void expect(UpgradeId id) const = 0;
    virtual void expect_active_of(Did const& did) const = 0;
    // The one upgrade of that device that has not ended, if any.
    [[nodiscard]] virtual Result<std::optional<upgrade::Upgrade>> active_of(
        Did const& did) const = 0;
    // Its id, which costs less: for whoever hears most of the time that there is none.
    virtual void expect_active_id_of(Did const& did) const = 0;
    [[nodiscard]] virtual Result<std::optional<UpgradeId>> active_id_of(Did const& did) const = 0;
    [[nodiscard]] virtual Result<std::optional<OrderRow>> order(OrderId const& order_id) const = 0;
    // The order of the user's newest upgrade that has not ended.
    [[nodiscard]] virtual Result<std::optional<OrderId>> newest_running_order(
        OpenId const& open_id) const = 0;
    // The user's next devices after that one, at most `limit`: which kinds they are of, in order.
    [[nodiscard]] virtual Result<DevicesAhead> ahead(OpenId const& open_id, Did const& after,
                                                     std::int64_t limit) const = 0;
    // Active upgrades of the devices that hang on that gateway (not its own), in order of did.
    [[nodiscard]] virtual Result<std::vector<FamilyUpgrade>> hanging_on(
        Did const& gateway, std::int64_t limit) const = 0;
    // A user's upgrades that have not ended, in order of id, after that one.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> running(
        OpenId const& open_id, UpgradeId after, std::int64_t limit) const = 0;
    // An order's upgrades in a range of ids, in order of id.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> between(
        OrderId const& order_id, UpgradeId first, UpgradeId last, std::int64_t limit) const = 0;
    // What followed the first upgrade of each device in an order that goes all the way, in order of
    // id, after that one.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> later_steps(
        OrderId const& order_id, UpgradeId after, std::int64_t limit) const = 0;
    // Newest end first.
    [[nodiscard]] virtual Result<std::vector<FinishedUpgrade>> finished(
        FinishedAsk const& ask) const = 0;
    // Newest first. A page may come short, even empty, and still name a next one: a filter looks at
    // a bounded number of rows at a time.
    [[nodiscard]] virtual Result<Page<upgrade::Upgrade>> list(UpgradeFilter const& filter,
                                                              PageAsk const& ask) const = 0;
    // In order; the first says when it was ordered.
    [[nodiscard]] virtual Result<std::vector<TimelineEntry>> timeline(UpgradeId id) const = 0;
    // True when a report with that digest stands in the timeline.
    [[nodiscard]] virtual Result<bool> heard(UpgradeId id, std::string_view report) const = 0;
    // Active ones whose due time has come, most overdue first.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> due(Instant now,
                                                                    std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<std::optional<Instant>> next_due() const = 0;

    // Of one that is there already, its last id is what may change.
    virtual Result<void> put_order(OrderRow const& order) = 0;
    // Gives it its id. Errc::conflict when the device has an active upgrade.
    virtual Result<UpgradeId> open(upgrade::Upgrade const& upgrade) = 0;
    // One for each such device that has no active upgrade, in one statement; their ids are
    // successive. Errc::internal when they are not as many as was counted.
    virtual Result<OpenedMany> open_many(OpenMany const& wanted) = 0;
    // Compare-and-set: what `before` says is replaced by what `after` says. Errc::busy when the row
    // is no longer as it was, so that the caller asks again.
    virtual Result<void> move(upgrade::Upgrade const& before, upgrade::Upgrade const& after) = 0;
    // One that is nobody's becomes that user's; another user's stays his.
    virtual Result<void> give(UpgradeId id, OpenId const& open_id) = 0;
    // `report` is the digest that heard() finds; empty when it was no report of the device.
    virtual Result<void> note(UpgradeId id, TimelineEntry const& entry,
                              std::string_view report) = 0;
    // Queued upgrades of that release become due now; answers how many.
    virtual Result<std::int64_t> make_due(ReleaseId release, Instant now) = 0;
    // Looks at `limit` upgrades after that one and removes those that ended before then, with their
    // timelines and orders; a device's installed one stays.
    virtual Result<Swept> sweep(Instant ended_before, UpgradeId after, std::int64_t limit) = 0;
};

}  // namespace updraft
