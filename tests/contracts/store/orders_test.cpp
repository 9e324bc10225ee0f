#include "upgrades.h"

#include "ports/orders_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"

namespace updraft::contract {
namespace {

class UpgradesOfALargeOrder : public Upgrades {
protected:
    // Opens upgrades for the user's idle devices of one kind whose ids are after `after` and up to
    // `until`.
    OpenedMany open_many(Did after = {}, Did until = {"~"}) {
        auto const ahead =
            seen([&](Tx const& tx) { return tx.orders().ahead(OpenId{"user"}, after, 1'000); });
        std::int64_t idle = 0;
        for (auto const& kind : ahead.kinds) {
            if (kind.what == lamp_1_0) idle = kind.idle;
        }
        return open_many(std::move(after), std::move(until), idle).value();
    }
    Result<OpenedMany> open_many(Did after, Did until, std::int64_t count) {
        OpenMany const wanted{std::move(after),
                              std::move(until),
                              count,
                              std::nullopt,
                              OrderId{"many"},
                              OpenId{"user"},
                              ModelName{"lamp"},
                              Version{"1.0"},
                              ReleaseId{11},
                              Version{"2.0"},
                              noon,
                              noon + std::chrono::hours{1},
                              1};
        return write(store(), [&](Tx& tx) { return tx.upgrades().open_many(wanted); });
    }
    ModelAndVersion const lamp_1_0{ModelName{"lamp"}, Version{"1.0"}};
};

TEST_P(UpgradesOfALargeOrder, AreOpenedForAllIdleDevicesOfAKindAtOnce) {
    for (int i = 0; i < 25; ++i) insert("lamp-" + std::to_string(i));
    insert("newer", "user", "1.5");
    insert("foreign", "somebody");
    auto const busy = open(an_upgrade("lamp-7"));

    auto const many = open_many();
    EXPECT_EQ(many.count, 24);
    auto const opened = seen([&](Tx const& tx) {
        return tx.upgrade_lists().between(OrderId{"many"}, many.first, many.last, 100);
    });
    ASSERT_EQ(opened.size(), 24U);
    EXPECT_EQ(opened.front().id, many.first);
    EXPECT_EQ(opened.back().id, many.last);
    for (auto const& one : opened) {
        EXPECT_NE(one.did, Did{"lamp-7"});
        EXPECT_NE(one.id.value % 10, 0);
        EXPECT_EQ(one.state, State::queued);
        EXPECT_EQ(one.open_id, OpenId{"user"});
    }
    EXPECT_EQ(find(busy.id), busy);
    EXPECT_EQ(open_many().count, 0);
    EXPECT_GT(open(an_upgrade("late")).id, many.last);
}

TEST_P(UpgradesOfALargeOrder, AreOpenedAPartAtATime) {
    for (auto const* did : {"a", "b", "c", "d", "e"}) insert(did);
    EXPECT_EQ(open_many(Did{"a"}, Did{"c"}, 2).value().count, 2);
    auto const active = [&](std::string did) {
        return seen([&](Tx const& tx) { return tx.upgrades().active_of(Did{did}); }).has_value();
    };
    EXPECT_FALSE(active("a"));
    EXPECT_TRUE(active("b"));
    EXPECT_TRUE(active("c"));
    EXPECT_FALSE(active("d"));
    auto const miscounted = open_many(Did{"c"}, Did{"e"}, 3);
    ASSERT_FALSE(miscounted);
    EXPECT_EQ(miscounted.error().code, Errc::internal);
    EXPECT_FALSE(active("d"));
}

TEST_P(UpgradesOfALargeOrder, NameTheKindsOfDevicesAhead) {
    insert("a", "user", "1.0");
    insert("b", "user", "1.5");
    insert("busy", "user", "1.7");
    insert("c", "user", "1.0");
    insert("d", "user", "1.0");
    insert("foreign", "somebody", "1.8");
    open(an_upgrade("busy"));
    open(an_upgrade("d"));
    auto const ahead = [&](std::string after, std::int64_t limit) {
        return seen(
            [&](Tx const& tx) { return tx.orders().ahead(OpenId{"user"}, Did{after}, limit); });
    };
    using Kind = DevicesAhead::Kind;
    Kind const lamps{lamp_1_0, 2};
    Kind const newer{{ModelName{"lamp"}, Version{"1.5"}}, 1};
    auto const all = ahead("", 10);
    EXPECT_EQ(all.kinds, (std::vector{lamps, newer}));
    EXPECT_EQ(all.count, 5);
    EXPECT_EQ(all.last, Did{"d"});
    auto const some = ahead("", 3);
    EXPECT_EQ(some.kinds, (std::vector{Kind{lamp_1_0, 1}, newer}));
    EXPECT_EQ(some.count, 3);
    EXPECT_EQ(some.last, Did{"busy"});
    auto const only_busy = ahead("c", 10);
    EXPECT_TRUE(only_busy.kinds.empty());
    EXPECT_EQ(only_busy.count, 1);
    EXPECT_EQ(ahead("d", 10).count, 0);
}

TEST_P(UpgradesOfALargeOrder, MayHaveOthersBetweenThem) {
    for (auto const* did : {"a", "b", "c"}) insert(did);
    auto const first = finish(open(an_upgrade("a", "large")), noon);
    put_order("large", first.id, first.id);
    auto const between = finish(open(an_upgrade("b", "small")), noon);
    put_order("small", between.id, between.id);
    auto step = an_upgrade("a", "large");
    step.step = 2;
    auto const later = finish(open(step), noon);
    auto const last = finish(open(an_upgrade("c", "large")), noon);
    put_order("large", last.id, last.id);

    auto const row = seen([](Tx const& tx) { return tx.orders().find(OrderId{"large"}); });
    EXPECT_EQ(row->first, first.id);
    EXPECT_EQ(row->last, last.id);
    auto const own = seen([&](Tx const& tx) {
        return tx.upgrade_lists().between(OrderId{"large"}, row->first, row->last, 10);
    });
    EXPECT_EQ(ids(own), (std::vector{first.id, later.id, last.id}));
    UpgradeFilter filter;
    filter.order_id = OrderId{"large"};
    EXPECT_EQ(ids(seen([&](Tx const& tx) { return tx.upgrade_lists().list(filter, {}); }).items),
              (std::vector{last.id, later.id, first.id}));
    FinishedAsk ask;
    ask.open_id = OpenId{"user"};
    ask.before = noon + std::chrono::hours{1};
    ask.first = first.id;
    ask.order_id = OrderId{"large"};
    EXPECT_EQ(seen([&](Tx const& tx) { return tx.upgrade_lists().finished(ask); }).size(), 3U);
    // The order's row stays while one of its own upgrades exists; upgrades of other orders with ids
    // in its range do not count.
    auto const sweep = [&] {
        written([&](Tx& tx) { return tx.upgrades().sweep(noon + Millis{1}, UpgradeId{}, 10); });
    };
    sweep();
    EXPECT_FALSE(seen([](Tx const& tx) { return tx.orders().find(OrderId{"large"}); }));
}

// An order with upgrades of `a` and `b`, whose ids are in its range, and with a later step of `a`
// whose id follows those of another order.
class StepsOfAnOrder : public UpgradesOfALargeOrder {
protected:
    void SetUp() override {
        Upgrades::SetUp();
        insert("a");
        insert("b");
        auto begun = an_upgrade("a");
        begun.step = 1;
        first_ = finish(open(begun), noon);
        begun.did = Did{"b"};
        second_ = finish(open(begun), noon);
        put_order("order", first_.id, second_.id);
        between_ = finish(open(an_upgrade("b", "between")), noon);
        put_order("between", between_.id, between_.id);
        auto next = an_upgrade("a");
        next.step = 2;
        later_ = finish(open(next), noon + Millis{5});
    }
    std::vector<UpgradeId> later(std::string order, UpgradeId after = {}) {
        return ids(seen([&](Tx const& tx) {
            return tx.upgrade_lists().later_steps(OrderId{order}, after, 10);
        }));
    }
    Upgrade first_, second_, between_, later_;
};

TEST_P(StepsOfAnOrder, AreKept) {
    EXPECT_EQ(find(first_.id).step, 1);
    EXPECT_EQ(find(between_.id).step, 0);
    EXPECT_EQ(find(later_.id).step, 2);
    insert("c");
    auto const many = open_many();
    EXPECT_EQ(find(many.first).step, 1);
}

TEST_P(StepsOfAnOrder, AreFoundBehindItsRange) {
    EXPECT_EQ(later("order"), std::vector{later_.id});
    EXPECT_TRUE(later("order", later_.id).empty());
    EXPECT_TRUE(later("between").empty());
}

TEST_P(StepsOfAnOrder, AreListedWithItNewestFirst) {
    UpgradeFilter filter;
    filter.order_id = OrderId{"order"};
    auto const page = [&](PageAsk const& ask) {
        return seen([&](Tx const& tx) { return tx.upgrade_lists().list(filter, ask); });
    };
    EXPECT_EQ(ids(page({}).items), (std::vector{later_.id, second_.id, first_.id}));
    std::vector<UpgradeId> found;
    PageAsk ask{.after = std::nullopt, .limit = 1};
    for (int pages = 0; pages < 5; ++pages) {
        auto const one = page(ask);
        for (auto const id : ids(one.items)) found.push_back(id);
        ask.after = one.next;
        if (!one.next) break;
    }
    EXPECT_EQ(found, (std::vector{later_.id, second_.id, first_.id}));
    filter.did = Did{"a"};
    EXPECT_EQ(ids(page({}).items), (std::vector{later_.id, first_.id}));
    filter.state = State::queued;
    EXPECT_TRUE(page({}).items.empty());
}

TEST_P(StepsOfAnOrder, AreInItsHistory) {
    FinishedAsk ask;
    ask.open_id = OpenId{"user"};
    ask.before = noon + std::chrono::hours{1};
    ask.first = first_.id;
    ask.order_id = OrderId{"order"};
    auto const finished = [&] {
        std::vector<UpgradeId> found;
        for (auto const& one :
             seen([&](Tx const& tx) { return tx.upgrade_lists().finished(ask); })) {
            found.push_back(one.upgrade.id);
        }
        return found;
    };
    EXPECT_EQ(finished(), (std::vector{later_.id, second_.id, first_.id}));
    ask.did = Did{"a"};
    EXPECT_EQ(finished(), (std::vector{later_.id, first_.id}));
}

TEST_P(StepsOfAnOrder, KeepItsRowAsLongAsTheyStay) {
    auto const sweep = [&](Instant before) {
        return written([&](Tx& tx) { return tx.upgrades().sweep(before, UpgradeId{}, 10); })
            .removed;
    };
    auto const known = [&] {
        return seen([](Tx const& tx) { return tx.orders().find(OrderId{"order"}); }).has_value();
    };
    EXPECT_EQ(sweep(noon + Millis{3}), 3);
    EXPECT_TRUE(known());
    EXPECT_EQ(sweep(noon + Millis{30}), 1);
    EXPECT_FALSE(known());
}

ON_EVERY_BACKEND(UpgradesOfALargeOrder);
ON_EVERY_BACKEND(StepsOfAnOrder);

}  // namespace
}  // namespace updraft::contract
