#include "app/steps.h"

#include <algorithm>

#include "access/token.h"
#include "firmware/upkeep.h"
#include "push/announce.h"
#include "upgrade/expire.h"
#include "upgrade/order_all.h"

namespace updraft::app {
namespace {

// Rows in one transaction: milliseconds of the writer's time.
constexpr std::int64_t rows_per_step = 500;
// Between two steps of a backlog: other writes come between.
constexpr Millis breath{20};
// Whoever asks when a device was heard of is told from memory; each commit costs every reader its
// page cache.
constexpr Millis signs_every{30'000};
constexpr Millis watch_every{5'000};
constexpr Millis tokens_every = std::chrono::minutes{1};
constexpr Millis history_every = std::chrono::minutes{10};
constexpr Millis orphans_every = std::chrono::minutes{10};
constexpr Millis scrub_look_max = std::chrono::minutes{1};
constexpr Millis scrub_look_min{100};
// While an app has more notices than it takes, and while there is nothing to announce.
constexpr Millis announce_when_waiting{1'000};
constexpr Millis announce_look_max = std::chrono::minutes{1};
// While another instance does it.
constexpr Millis others_turn{2'000};
// An upgrade that becomes due wakes the step by its commit; this is for clocks that were set.
constexpr Millis expire_look_max = std::chrono::minutes{1};

// What `run` answers, when it is this instance's turn. Whoever has nothing more to do soon lets the
// others have it.
Result<Instant> in_turn(push::Leases& leases, std::string const& name, Instant now,
                        std::function<Result<Instant>(Instant)> const& run) {
    TRY_ASSIGN(bool const held, leases.hold(name, now));
    if (!held) return now + others_turn;
    auto next = run(now);
    if (!next || *next > now + others_turn) TRY(leases.let_go(name));
    return next;
}

// Every order wakes this step, and hardly ever is something due: that must not cost the writer a
// transaction.
Result<Instant> expire(Store& store, upgrade::Means const& means, push::Leases& leases,
                       Instant now) {
    auto const look_next = [](Tx const& tx) { return upgrade::next_due(tx); };
    auto const later = now + expire_look_max;
    TRY_ASSIGN(auto const next, read(store, look_next));
    if (!next || *next > now) return next ? std::min(*next, later) : later;
    auto const end_due = [&](Instant at) -> Result<Instant> {
        TRY_ASSIGN(auto const ended, write(store, [&means, at](Tx& tx) {
                       return upgrade::expire_due(tx, means, at, rows_per_step);
                   }));
        if (ended >= rows_per_step) return at + breath;
        TRY_ASSIGN(auto const then, read(store, look_next));
        return then ? std::clamp(*then, at + breath, later) : later;
    };
    return in_turn(leases, "expire upgrades", now, end_due);
}

Millis pause_after(push::Announced announced) {
    switch (announced) {
        case push::Announced::some:
            return breath;
        case push::Announced::waiting:
            return announce_when_waiting;
        case push::Announced::nothing:
            break;
    }
    return announce_look_max;
}

// A period that a test or an operator made short is looked at more often.
Millis scrub_look(Millis period) { return std::clamp(period / 10, scrub_look_min, scrub_look_max); }

}  // namespace

Rhythm::Step by_turns(Store& store, push::Leases& leases, Rhythm::Step step) {
    if (!store.shared()) return step;
    auto run = [&leases, name = step.name, inner = std::move(step.run)](Instant now) mutable {
        return in_turn(leases, name, now, inner);
    };
    return {.name = std::move(step.name), .run = std::move(run), .pause_min = step.pause_min};
}

Rhythm::Step expire_upgrades(Store& store, upgrade::Means const& means, push::Leases& leases) {
    return {.name = "expire upgrades", .run = [&store, &means, &leases](Instant now) {
                return expire(store, means, leases, now);
            }};
}

Rhythm::Step finish_orders(Store& store, upgrade::Means const& means) {
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
        return now + breath;
    };
    return {.name = "finish orders", .run = std::move(run)};
}

Rhythm::Step announce_releases(Store& store, push::Outbox const& outbox) {
    auto run = [&store, &outbox](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const announced,
                   push::announce_step(store, outbox, push::AnnounceRules{}, now));
        return now + pause_after(announced);
    };
    return {.name = "announce releases", .run = std::move(run)};
}

Rhythm::Step forget_history(Store& store, upgrade::Limits const& limits) {
    auto run = [&store, &limits, after = UpgradeId{}](Instant now) mutable -> Result<Instant> {
        TRY_ASSIGN(auto const swept, write(store, [&limits, after, now](Tx& tx) {
                       return upgrade::sweep_history(tx, limits, after, rows_per_step, now);
                   }));
        after = swept.next.value_or(UpgradeId{});
        return now + (swept.next ? breath : history_every);
    };
    return {.name = "forget history", .run = std::move(run)};
}

Rhythm::Step forget_tokens(Store& store) {
    auto run = [&store](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const swept,
                   write(store, [now](Tx& tx) { return access::sweep(tx, now, rows_per_step); }));
        return now + (swept >= rows_per_step ? breath : tokens_every);
    };
    return {.name = "forget tokens", .run = std::move(run)};
}

Rhythm::Step write_signs_of_life(Store& store, ddi::SignsOfLife& signs) {
    auto run = [&store, &signs](Instant now) -> Result<Instant> {
        TRY(signs.write_down(store));
        return now + signs_every;
    };
    return {.name = "write signs of life", .run = std::move(run)};
}

Rhythm::Step watch_pushes(Store& store, PushWatch& watch) {
    auto run = [&store, &watch](Instant now) -> Result<Instant> {
        TRY(watch.look(store));
        return now + watch_every;
    };
    return {.name = "watch pushes", .run = std::move(run)};
}

Rhythm::Step scrub_artifacts(Blobs& blobs, Millis period, Journal& journal) {
    auto run = [&blobs, &journal, period](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const checked, firmware::scrub_step(blobs, period, now));
        if (checked && checked->damaged) {
            journal.error("an artifact is damaged and is not served until it is uploaded again",
                          {{"sha256", checked->sha256}});
        }
        return now + (checked ? breath : scrub_look(period));
    };
    return {.name = "scrub artifacts", .run = std::move(run)};
}

Rhythm::Step sweep_orphaned_artifacts(Store& store, Blobs& blobs, Journal& journal) {
    auto run = [&store, &blobs, &journal](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const swept, firmware::sweep_orphans(store, blobs, now));
        if (swept > 0) journal.info("artifacts that no release names removed", {{"count", swept}});
        return now + orphans_every;
    };
    return {.name = "sweep orphaned artifacts", .run = std::move(run)};
}

}  // namespace updraft::app
