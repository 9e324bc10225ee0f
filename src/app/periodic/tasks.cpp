#include "app/periodic/tasks.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

#include "access/token.h"
#include "audit/record.h"
#include "firmware/upkeep.h"
#include "push/announce.h"
#include "upgrade/expire.h"
#include "upgrade/order_all.h"

namespace updraft::app {
namespace {

// Rows in one transaction: it occupies the writer for some milliseconds.
constexpr std::int64_t rows_per_transaction = 500;
// The pause between two transactions of a backlog, in which other writes run.
constexpr Millis pause_in_backlog{20};
// Queries read the last seen times in memory, so the rows may be older. More frequent writes would
// be costly: each commit invalidates the page cache of every reader of the database.
constexpr Millis signs_every{30'000};
constexpr Millis served_bytes_every{1'000};
constexpr Millis watch_every{5'000};
constexpr Millis refusals_every{1'000};
constexpr std::size_t refusal_lines_max = 20;
constexpr Millis tokens_every = std::chrono::minutes{1};
constexpr Millis history_every = std::chrono::minutes{10};
constexpr Millis orphans_every = std::chrono::minutes{10};
constexpr Millis scrub_look_max = std::chrono::minutes{1};
constexpr Millis scrub_look_min{100};
// While apps have too many undelivered notices; and while there is nothing to announce.
constexpr Millis announce_when_waiting{1'000};
constexpr Millis announce_look_max = std::chrono::minutes{1};
// While another instance holds the lease.
constexpr Millis lease_look{2'000};
// A commit that changes a due time wakes the task; this limit is for a clock that was set.
constexpr Millis expire_look_max = std::chrono::minutes{1};

// One line for each of those with most failures, and one for all others together.
void log_most(std::vector<access::FailureReport> reports,
              std::function<void(std::string_view key, std::int64_t failures)> const& log) {
    auto const named = std::min(reports.size(), refusal_lines_max);
    std::ranges::partial_sort(reports, reports.begin() + static_cast<std::ptrdiff_t>(named),
                              std::ranges::greater{}, &access::FailureReport::failures);
    std::int64_t others = 0;
    for (std::size_t i = 0; i < reports.size(); ++i) {
        auto const& [key, failures] = reports[i];
        if (i < named && !key.empty()) {
            log(key, failures);
        } else {
            others += failures;
        }
    }
    if (others > 0) log("others", others);
}

// Calls `run` if this instance holds the lease. Gives the lease back when there is nothing more to
// do before others would look for it.
Result<Instant> run_under_lease(leases::Leases& leases, std::string const& name, Instant now,
                                std::function<Result<Instant>(Instant)> const& run) {
    TRY_ASSIGN(bool const held, leases.hold(name, now));
    if (!held) return now + lease_look;
    auto next = run(now);
    if (!next || *next > now + lease_look) TRY(leases.let_go(name));
    return next;
}

// What one transaction ended is one row of the audit.
Result<upgrade::Expired> expire_recorded(Tx& tx, upgrade::Means const& means, Instant now) {
    TRY_ASSIGN(auto const expired, upgrade::expire_due(tx, means, now, rows_per_transaction));
    if (expired.ended == 0) return expired;
    auto effect = audit::counted(expired.ended, "overdue upgrade") + " ended";
    TRY(audit::record(tx, access::the_server("expireUpgrades"),
                      {.object_kind = "upgrades", .effect = std::move(effect)}, now));
    return expired;
}

// Every order wakes this task, but upgrades are rarely due: so it reads first, and takes the lease
// and the writer only when an upgrade is due.
Result<Instant> expire(Store& store, upgrade::Means const& means, leases::Leases& leases,
                       Instant now) {
    auto const look_next = [](Tx const& tx) { return upgrade::next_due(tx); };
    auto const later = now + expire_look_max;
    TRY_ASSIGN(auto const next, read(store, look_next));
    if (!next || *next > now) return next ? std::min(*next, later) : later;
    auto const end_due = [&](Instant at) -> Result<Instant> {
        TRY_ASSIGN(auto const expired,
                   write(store, [&means, at](Tx& tx) { return expire_recorded(tx, means, at); }));
        if (expired.looked_at >= rows_per_transaction) return at + pause_in_backlog;
        TRY_ASSIGN(auto const then, read(store, look_next));
        return then ? std::clamp(*then, at + pause_in_backlog, later) : later;
    };
    return run_under_lease(leases, "expire upgrades", now, end_due);
}

Millis pause_after(push::Announced announced) {
    switch (announced) {
        case push::Announced::some:
            return pause_in_backlog;
        case push::Announced::waiting:
            return announce_when_waiting;
        case push::Announced::nothing:
            break;
    }
    return announce_look_max;
}

// When everything has been checked: a tenth of the period, within bounds.
Millis scrub_look(Millis period) { return std::clamp(period / 10, scrub_look_min, scrub_look_max); }

}  // namespace

PeriodicWork::Task under_lease(Store& store, leases::Leases& leases, PeriodicWork::Task task) {
    if (!store.shared()) return task;
    auto run = [&leases, name = task.name, inner = std::move(task.run)](Instant now) mutable {
        return run_under_lease(leases, name, now, inner);
    };
    return {.name = std::move(task.name), .run = std::move(run), .pause_min = task.pause_min};
}

PeriodicWork::Task expire_upgrades(Store& store, upgrade::Means const& means,
                                   leases::Leases& leases) {
    return {.name = "expire upgrades", .run = [&store, &means, &leases](Instant now) {
                return expire(store, means, leases, now);
            }};
}

PeriodicWork::Task finish_orders(Store& store, upgrade::Means const& means) {
    auto run = [&store, &means,
                ours = std::optional<Opening>{}](Instant now) mutable -> Result<Instant> {
        if (!ours) {
            TRY_ASSIGN(ours,
                       read(store, [now](Tx const& tx) { return upgrade::abandoned(tx, now); }));
        }
        if (!ours) return now + upgrade::opening_abandoned_after;
        TRY_ASSIGN(auto const part, write(store, [&means, opening = *ours, now](Tx& tx) {
                       upgrade::Orderer const who{.appid = opening.appid,
                                                  .open_id = opening.open_id};
                       return upgrade::order_more(tx, means, who, opening.order_id, now);
                   }));
        if (part.then != upgrade::OrderPart::Then::more) ours.reset();
        return now + pause_in_backlog;
    };
    return {.name = "finish orders", .run = std::move(run)};
}

PeriodicWork::Task announce_releases(Store& store, push::Outbox const& outbox) {
    auto run = [&store, &outbox](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const announced,
                   push::announce_step(store, outbox, push::AnnounceRules{}, now));
        return now + pause_after(announced);
    };
    return {.name = "announce releases", .run = std::move(run)};
}

PeriodicWork::Task forget_history(Store& store, upgrade::Limits const& limits) {
    auto run = [&store, &limits, after = UpgradeId{}](Instant now) mutable -> Result<Instant> {
        TRY_ASSIGN(auto const swept, write(store, [&limits, after, now](Tx& tx) {
                       return upgrade::sweep_history(tx, limits, after, rows_per_transaction, now);
                   }));
        after = swept.next.value_or(UpgradeId{});
        return now + (swept.next ? pause_in_backlog : history_every);
    };
    return {.name = "forget history", .run = std::move(run)};
}

PeriodicWork::Task forget_tokens(Store& store) {
    auto run = [&store](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const swept, write(store, [now](Tx& tx) {
                       return access::sweep(tx, now, rows_per_transaction);
                   }));
        return now + (swept >= rows_per_transaction ? pause_in_backlog : tokens_every);
    };
    return {.name = "forget tokens", .run = std::move(run)};
}

PeriodicWork::Task write_signs_of_life(Store& store, channel::Presence& signs) {
    auto run = [&store, &signs](Instant now) -> Result<Instant> {
        TRY(signs.write_down(store));
        return now + signs_every;
    };
    return {.name = "write signs of life", .run = std::move(run)};
}

PeriodicWork::Task write_served_bytes(Store& store, upgrade::Means const& means,
                                      channel::ServedTally& served) {
    auto run = [&store, &means, &served](Instant now) -> Result<Instant> {
        TRY(channel::write_served(store, means, served, channel::ServedTally::Which::overdue, now));
        return now + served_bytes_every;
    };
    return {.name = "write served bytes", .run = std::move(run)};
}

PeriodicWork::Task watch_pushes(Store& store, PushWatch& watch) {
    auto run = [&store, &watch](Instant now) -> Result<Instant> {
        TRY(watch.look(store));
        return now + watch_every;
    };
    return {.name = "watch pushes", .run = std::move(run)};
}

PeriodicWork::Task report_refusals(access::Guessing& guessing, Journal& journal) {
    auto run = [&guessing, &journal](Instant now) -> Result<Instant> {
        log_most(guessing.take_refusals(), [&](std::string_view peer, std::int64_t calls) {
            journal.warn("not authenticated", {{"peer", peer}, {"calls", calls}});
        });
        log_most(guessing.take_unknown_dids(), [&](std::string_view appid, std::int64_t calls) {
            journal.info("unknown dids", {{"appid", appid}, {"calls", calls}});
        });
        return now + refusals_every;
    };
    return {.name = "report refusals", .run = std::move(run)};
}

PeriodicWork::Task scrub_artifacts(Blobs& blobs, Millis period, Journal& journal) {
    auto run = [&blobs, &journal, period](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const checked, firmware::scrub_step(blobs, period, now));
        if (checked && checked->damaged) {
            journal.error("an artifact is damaged and is not served until it is uploaded again",
                          {{"sha256", checked->sha256}});
        }
        return now + (checked ? pause_in_backlog : scrub_look(period));
    };
    return {.name = "scrub artifacts", .run = std::move(run)};
}

PeriodicWork::Task sweep_orphaned_artifacts(Store& store, Blobs& blobs, Journal& journal) {
    auto run = [&store, &blobs, &journal](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const swept, firmware::sweep_orphans(store, blobs, now));
        if (swept > 0) journal.info("artifacts that no release names removed", {{"count", swept}});
        return now + orphans_every;
    };
    return {.name = "sweep orphaned artifacts", .run = std::move(run)};
}

}  // namespace updraft::app
