#include <set>

#include "upgrades.h"

#include <map>
#include <set>

#include "ports/orders_table.h"
#include "ports/timelines_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"

namespace updraft::contract {
namespace {

TEST_P(Upgrades, AreFoundAsTheyWereOpened) {
    auto const opened = open(an_upgrade("lamp-1"));
    EXPECT_EQ(find(opened.id), opened);
    auto const active = seen([](Tx const& tx) { return tx.upgrades().active_of(Did{"lamp-1"}); });
    EXPECT_EQ(active, opened);
}

TEST_P(Upgrades, HaveIdsThatEveryClientCanHandle) {
    std::set<std::int64_t> seen_ids;
    for (int i = 0; i < 30; ++i) {
        auto const id = open(an_upgrade("lamp-" + std::to_string(i))).id.value;
        EXPECT_GE(id, 11);
        EXPECT_NE(id % 10, 0);
        EXPECT_TRUE(seen_ids.insert(id).second);
    }
}

TEST_P(Upgrades, AreActiveOncePerDevice) {
    auto const first = open(an_upgrade("lamp-1"));
    auto const second =
        write(store(), [](Tx& tx) { return tx.upgrades().open(an_upgrade("lamp-1", "other")); });
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
    finish(first, noon);
    open(an_upgrade("lamp-1", "other"));
}

TEST_P(Upgrades, MoveOnlyFromWhereTheyWere) {
    auto const opened = open(an_upgrade("lamp-1"));
    auto offered = opened;
    offered.state = State::offered;
    offered.started_at = noon;
    offered.due_at = noon + std::chrono::hours{24};
    written([&](Tx& tx) { return tx.upgrades().move(opened, offered); });
    EXPECT_EQ(find(opened.id), offered);

    auto const again = write(store(), [&](Tx& tx) { return tx.upgrades().move(opened, offered); });
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::busy);
    EXPECT_EQ(find(opened.id), offered);
}

TEST_P(Upgrades, KeepEveryFieldThatMoves) {
    auto const opened = open(an_upgrade("lamp-1"));
    auto after = opened;
    after.state = State::cancelling;
    after.resume_state = State::installing;
    after.progress = 42;
    after.figure = upgrade::Figure::own;
    after.bytes_served = 1'000'000'000'000;
    after.reports = 7;
    after.report_bytes = 7'000;
    after.cause = "device_error: 失败";
    after.started_at = noon;
    after.moved_at = noon + Millis{1};
    after.ranges_served = 1'024;
    written([&](Tx& tx) { return tx.upgrades().move(opened, after); });
    EXPECT_EQ(find(opened.id), after);
    auto const ended = finish(after, noon + Millis{5}, State::failed);
    EXPECT_EQ(find(opened.id), ended);
}

TEST_P(Upgrades, KeepTheRangesThatWereServedUntilTheyAreRemoved) {
    auto const one = open(an_upgrade("lamp-1"));
    auto const other = open(an_upgrade("lamp-2"));
    auto const served = [&](UpgradeId id) {
        return seen([&](Tx const& tx) { return tx.upgrades().served(id); });
    };
    auto const record = [&](UpgradeId id, ByteSet const& bytes) {
        written([&](Tx& tx) { return tx.upgrades().record_served(id, bytes); });
    };
    EXPECT_EQ(served(one.id), ByteSet{});
    ByteSet bytes;
    for (std::int64_t i = 0; i < 1'024; ++i) {
        bytes.add({i * 1'000'000'000'000, i * 1'000'000'000'000 + i + 1});
    }
    record(one.id, bytes);
    EXPECT_EQ(served(one.id), bytes);
    EXPECT_EQ(served(other.id), ByteSet{});
    bytes = ByteSet(7);
    bytes.add({9, 10});
    record(one.id, bytes);
    EXPECT_EQ(served(one.id), bytes);
    record(one.id, {});
    record(other.id, {});
    EXPECT_EQ(served(one.id), ByteSet{});
    record(other.id, bytes);
    finish(find(other.id), noon);
    auto const swept = written([&](Tx& tx) {
        return tx.upgrades().sweep(noon + std::chrono::hours{1}, UpgradeId{0}, 100);
    });
    EXPECT_EQ(swept.removed, 1);
    EXPECT_EQ(served(other.id), ByteSet{});
}

TEST_P(Upgrades, RunInOrderOfId) {
    std::vector<UpgradeId> opened;
    for (auto const* did : {"c", "a", "b"}) opened.push_back(open(an_upgrade(did)).id);
    finish(find(opened[1]), noon);
    auto const running = [&](UpgradeId after, std::int64_t limit) {
        return ids(seen([&](Tx const& tx) {
            return tx.upgrade_lists().running(OpenId{"user"}, after, limit);
        }));
    };
    EXPECT_EQ(running({}, 10), (std::vector{opened[0], opened[2]}));
    EXPECT_EQ(running({}, 1), std::vector{opened[0]});
    EXPECT_EQ(running(opened[0], 10), std::vector{opened[2]});
}

TEST_P(Upgrades, NameTheNewestRunningOrder) {
    auto const newest = [&] {
        return seen([](Tx const& tx) { return tx.orders().newest_running(OpenId{"user"}); });
    };
    EXPECT_EQ(newest(), std::nullopt);
    open(an_upgrade("a", "first"));
    auto const second = open(an_upgrade("b", "second"));
    EXPECT_EQ(newest(), OrderId{"second"});
    finish(second, noon);
    EXPECT_EQ(newest(), OrderId{"first"});
}

TEST_P(Upgrades, AreListedNewestEndFirst) {
    insert("a");
    insert("b");
    auto const a = finish(open(an_upgrade("a")), noon + Millis{3});
    auto const b = finish(open(an_upgrade("b")), noon + Millis{1});
    auto const a_again = finish(open(an_upgrade("a")), noon + Millis{9}, State::failed);
    auto const finished = [&](FinishedAsk const& ask) {
        std::vector<UpgradeId> found;
        for (auto const& one :
             seen([&](Tx const& tx) { return tx.upgrade_lists().finished(ask); })) {
            found.push_back(one.upgrade.id);
            EXPECT_EQ(one.device_name, "kitchen lamp");
        }
        return found;
    };
    FinishedAsk ask;
    ask.open_id = OpenId{"user"};
    ask.before = noon + std::chrono::hours{1};
    EXPECT_EQ(finished(ask), (std::vector{a_again.id, a.id, b.id}));
    ask.skip = 1;
    ask.count = 1;
    EXPECT_EQ(finished(ask), std::vector{a.id});
    ask.skip = 0;
    ask.count = 10;
    ask.did = Did{"a"};
    EXPECT_EQ(finished(ask), (std::vector{a_again.id, a.id}));
    ask.from = noon + Millis{9};
    EXPECT_EQ(finished(ask), std::vector{a_again.id});
    ask.before = noon + Millis{9};
    EXPECT_TRUE(finished(ask).empty());
    ask = {};
    ask.open_id = OpenId{"user"};
    ask.before = noon + std::chrono::hours{1};
    ask.first = a_again.id;
    EXPECT_EQ(finished(ask), std::vector{a_again.id});
    ask.first = a.id;
    ask.order_id = OrderId{"another"};
    EXPECT_TRUE(finished(ask).empty());
    ask.order_id.reset();
    ask.open_id = OpenId{"somebody"};
    EXPECT_TRUE(finished(ask).empty());
}

TEST_P(Upgrades, AreListedForOperatorsByEveryFilter) {
    auto const a = open(an_upgrade("a"));
    put_order("order", a.id, a.id);
    auto const b = finish(open(an_upgrade("b", "other")), noon);
    put_order("other", b.id, b.id);
    auto const list = [&](UpgradeFilter const& filter) {
        return ids(seen([&](Tx const& tx) { return tx.upgrade_lists().list(filter, {}); }).items);
    };
    EXPECT_EQ(list({}), (std::vector{b.id, a.id}));
    UpgradeFilter filter;
    filter.did = Did{"a"};
    EXPECT_EQ(list(filter), std::vector{a.id});
    filter = {};
    filter.state = State::succeeded;
    EXPECT_EQ(list(filter), std::vector{b.id});
    filter = {};
    filter.order_id = OrderId{"order"};
    EXPECT_EQ(list(filter), std::vector{a.id});
    filter.order_id = OrderId{"none"};
    EXPECT_TRUE(list(filter).empty());
    filter = {};
    filter.model = ModelName{"other"};
    EXPECT_TRUE(list(filter).empty());
}

TEST_P(Upgrades, ArePagedWithoutGapOrRepetition) {
    std::vector<UpgradeId> all;
    for (int i = 0; i < 7; ++i) all.push_back(open(an_upgrade("d" + std::to_string(i))).id);
    std::vector<UpgradeId> collected;
    PageAsk ask{.after = std::nullopt, .limit = 3};
    do {
        auto const page = seen([&](Tx const& tx) { return tx.upgrade_lists().list({}, ask); });
        for (auto const& one : page.items) collected.push_back(one.id);
        ask.after = page.next;
    } while (ask.after);
    EXPECT_EQ(collected, std::vector(all.rbegin(), all.rend()));

    ask.after = "twelve";
    auto const bad = read(store(), [&](Tx const& tx) { return tx.upgrade_lists().list({}, ask); });
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, Errc::invalid);
}

TEST_P(Upgrades, HaveATimelineThatBeginsWithTheOrder) {
    auto const opened = open(an_upgrade("a"));
    TimelineEntry const entry{noon + Millis{1}, State::offered, 0, "first\nsecond"};
    written([&](Tx& tx) { return tx.timelines().note(opened.id, entry, "digest"); });
    auto const line = seen([&](Tx const& tx) { return tx.timelines().of(opened.id); });
    ASSERT_EQ(line.size(), 2U);
    EXPECT_EQ(line[0], (TimelineEntry{noon, State::queued, 0, ""}));
    EXPECT_EQ(line[1], entry);
    auto const heard = [&](std::string_view report) {
        return seen([&](Tx const& tx) { return tx.timelines().heard(opened.id, report); });
    };
    EXPECT_TRUE(heard("digest"));
    EXPECT_FALSE(heard("other"));
}

TEST_P(Upgrades, ComeDueMostOverdueFirst) {
    auto late = an_upgrade("late");
    late.due_at = noon + Millis{20};
    auto early = an_upgrade("early");
    early.due_at = noon + Millis{10};
    late = open(late);
    early = open(early);
    finish(open(an_upgrade("done")), noon);
    auto const due = [&](Instant now) {
        return ids(seen([&](Tx const& tx) { return tx.upgrades().due(now, 10); }));
    };
    EXPECT_TRUE(due(noon + Millis{9}).empty());
    EXPECT_EQ(due(noon + Millis{10}), std::vector{early.id});
    EXPECT_EQ(due(noon + Millis{20}), (std::vector{early.id, late.id}));
    EXPECT_EQ(seen([](Tx const& tx) { return tx.upgrades().next_due(); }), noon + Millis{10});
}

TEST_P(Upgrades, OfAWithdrawnReleaseBecomeDueWhileQueued) {
    auto const queued = open(an_upgrade("queued"));
    auto const before = open(an_upgrade("offered"));
    auto offered = before;
    offered.state = State::offered;
    written([&](Tx& tx) { return tx.upgrades().move(before, offered); });
    auto other = an_upgrade("other");
    other.release_id = ReleaseId{12};
    open(other);
    EXPECT_EQ(written([](Tx& tx) { return tx.upgrades().make_due(ReleaseId{11}, noon); }), 1);
    EXPECT_EQ(ids(seen([](Tx const& tx) { return tx.upgrades().due(noon, 10); })),
              std::vector{queued.id});
}

TEST_P(Upgrades, OfAFamilyAreFoundThroughTheirGateway) {
    insert("gateway");
    insert("sub-b", "user", "1.0", "gateway");
    insert("sub-a", "user", "1.0", "gateway");
    insert("sub-idle", "user", "1.0", "gateway");
    insert("other");
    auto const b = open(an_upgrade("sub-b"));
    auto const a = open(an_upgrade("sub-a"));
    auto const own = open(an_upgrade("gateway"));
    auto const other = open(an_upgrade("other"));
    auto const of = [&](std::vector<Did> const& gateways) {
        std::map<Did, std::set<UpgradeId>> found;
        for (auto const& one :
             seen([&](Tx const& tx) { return tx.upgrades().of_families(gateways, 10); })) {
            EXPECT_EQ(one.runs, Version{"1.0"});
            EXPECT_EQ(one.open_id, OpenId{"user"});
            found[one.family].insert(one.upgrade.id);
        }
        return found;
    };
    std::set<UpgradeId> const family{b.id, a.id, own.id};
    EXPECT_EQ(of({Did{"gateway"}}), (std::map<Did, std::set<UpgradeId>>{{{"gateway"}, family}}));
    EXPECT_EQ(of({Did{"nobody"}}).size(), 0U);
    // Many at once, more than one query looks up.
    std::vector<Did> many{Did{"other"}, Did{"gateway"}};
    for (int i = 0; i < 120; ++i) many.push_back(Did{"none-" + std::to_string(i)});
    EXPECT_EQ(of(many),
              (std::map<Did, std::set<UpgradeId>>{{{"gateway"}, family}, {{"other"}, {other.id}}}));
}

TEST_P(Upgrades, OfAReleaseAreWalkedThroughInOrderOfTheirDueTime) {
    std::vector<UpgradeId> wanted;
    for (int i = 0; i < 5; ++i) {
        insert("d-" + std::to_string(i));
        wanted.push_back(open(an_upgrade("d-" + std::to_string(i))).id);
    }
    insert("of-another");
    auto another = an_upgrade("of-another");
    another.release_id = ReleaseId{12};
    open(another);
    std::vector<UpgradeId> walked;
    RunningCursor after;
    for (;;) {
        auto const part =
            seen([&](Tx const& tx) { return tx.upgrades().running_of(ReleaseId{11}, after, 2); });
        if (part.empty()) break;
        for (auto const& one : part) walked.push_back(one.id);
        after = {part.back().due_at.value(), part.back().id};
    }
    EXPECT_EQ(walked, wanted);
}

TEST_P(Upgrades, KeepWhatStartedThem) {
    insert("lamp");
    auto wanted = an_upgrade("lamp");
    wanted.origin = upgrade::Origin::automatic;
    wanted.forced = true;
    wanted.way_back = true;
    auto const made = open(wanted);
    EXPECT_EQ(find(made.id), made);
    auto const started = [&](std::string did, std::int64_t release) {
        return seen([&](Tx const& tx) {
            return tx.upgrades().started_by_itself(Did{did}, ReleaseId{release});
        });
    };
    EXPECT_TRUE(started("lamp", 11));
    EXPECT_FALSE(started("lamp", 12));
    EXPECT_FALSE(started("other", 11));
    insert("by-user");
    open(an_upgrade("by-user"));
    EXPECT_FALSE(started("by-user", 11));
}

TEST_P(Upgrades, AreSweptWithTheirTimelinesAndOrders) {
    insert("kept");
    auto const old = open(an_upgrade("old", "old"));
    put_order("old", old.id, old.id);
    TimelineEntry const entry{noon, State::offered, 0, "text"};
    written([&](Tx& tx) { return tx.timelines().note(old.id, entry, ""); });
    finish(old, noon + Millis{1});
    auto const installed = finish(open(an_upgrade("kept", "kept")), noon + Millis{1});
    put_order("kept", installed.id, installed.id);
    auto device = a_device("kept");
    device.installed = installed.id;
    written([&](Tx& tx) { return tx.devices().replace(device); });
    auto const recent = finish(open(an_upgrade("recent")), noon + Millis{50});
    auto const active = open(an_upgrade("active"));

    auto const limit = noon + Millis{10};
    std::int64_t removed = 0;
    std::optional<UpgradeId> after = UpgradeId{};
    while (after) {
        auto const swept = written([&](Tx& tx) { return tx.upgrades().sweep(limit, *after, 2); });
        removed += swept.removed;
        after = swept.next;
    }
    EXPECT_EQ(removed, 1);
    auto const gone = read(store(), [&](Tx const& tx) { return tx.upgrades().find(old.id); });
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, Errc::not_found);
    auto const order = [&](std::string id) {
        return seen([&](Tx const& tx) { return tx.orders().find(OrderId{id}); });
    };
    EXPECT_FALSE(order("old"));
    EXPECT_TRUE(order("kept"));
    for (auto const& kept : {installed, recent, active}) EXPECT_EQ(find(kept.id), kept);
}

TEST_P(Upgrades, WithoutAUserAreGivenToOneOnce) {
    auto nobodys = an_upgrade("a");
    nobodys.open_id.reset();
    nobodys = open(nobodys);
    for (auto const* const user : {"first", "second"}) {
        written([&](Tx& tx) { return tx.upgrades().give(nobodys.id, OpenId{user}); });
    }
    EXPECT_EQ(find(nobodys.id).open_id, OpenId{"first"});
    auto const first = OpenId{"first"};
    auto const running =
        seen([&](Tx const& tx) { return tx.upgrade_lists().running(first, UpgradeId{}, 10); });
    EXPECT_EQ(ids(running), std::vector{nobodys.id});
}

ON_EVERY_BACKEND(Upgrades);

}  // namespace
}  // namespace updraft::contract
