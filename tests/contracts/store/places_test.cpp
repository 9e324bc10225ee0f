// What every store promises about the places of devices in rollouts, and about their sums.
#include "rollouts.h"

namespace updraft::contract {
namespace {

using Dids = std::vector<std::string>;
constexpr Did first_did{};

class Places : public Rollouts {
protected:
    void SetUp() override {
        Rollouts::SetUp();
        id = create(a_rollout());
    }
    Errc error_of(std::function<Result<void>(Tx&)> const& body) {
        auto const answer = write(store(), body);
        return answer ? Errc::internal : answer.error().code;
    }
    bool has_relative(Place const& place) {
        return seen([&](Tx const& tx) { return tx.rollouts().has_relative(place); });
    }
    static Place one_each(RolloutId id, std::string did, std::string user, std::string family) {
        auto place = a_place(id, std::move(did));
        place.one_each = true;
        if (!user.empty()) place.open_id = OpenId{std::move(user)};
        place.family = Did{std::move(family)};
        return place;
    }
    Dids due(Instant now, std::int64_t limit = 10) {
        return dids(seen([&](Tx const& tx) { return tx.rollouts().due(id, now, limit); }));
    }
    PlaceBatch spoke_again(Did const& after, std::int64_t limit) {
        return seen([&](Tx const& tx) { return tx.rollouts().spoke_again(id, after, limit); });
    }
    Dids listed(PlaceFilter filter) {
        filter.rollout = id;
        Dids found;
        PageAsk ask{.after = std::nullopt, .limit = 2};
        do {
            auto page = seen([&](Tx const& tx) { return tx.rollouts().places(filter, ask); });
            for (auto const& one : dids(page.items)) found.push_back(one);
            ask.after = page.next;
        } while (ask.after);
        return found;
    }

    RolloutId id;
};

TEST_P(Places, AreFoundAgainAsTheyWereTaken) {
    auto place = a_place(id, "lamp-1", 2);
    place.epoch = 3;
    place.one_each = true;
    place.open_id = OpenId{"user"};
    place.family = Did{"gateway"};
    place.canary = true;
    place.tries = 2;
    place.check_at = noon + std::chrono::hours{1};
    take(place);
    EXPECT_EQ(this->place(id, "lamp-1"), place);
    auto const after = change(place, [](Place& one) {
        one.in_flight = false;
        one.upgrade = UpgradeId{21};
        one.handed_out_at = noon;
        one.succeeded_at = noon;
        one.judged = Judged::good;
        one.judged_at = noon;
        one.aligned = true;
        one.check_at = std::nullopt;
        one.retry_at = noon;
    });
    EXPECT_EQ(this->place(id, "lamp-1"), after);
    EXPECT_EQ(this->place(id, "lamp-2"), std::nullopt);
    EXPECT_EQ(this->place(RolloutId{99}, "lamp-1"), std::nullopt);
}

TEST_P(Places, AreTakenOncePerDevice) {
    auto const place = take(a_place(id, "lamp-1"));
    EXPECT_EQ(error_of([&](Tx& tx) { return tx.rollouts().take(place); }), Errc::conflict);
    EXPECT_EQ(sums(id).front().tally.taken, 1);
    take(a_place(create(a_rollout(12)), "lamp-1"));
}

TEST_P(Places, ChangeOnlyAsTheyWereRead) {
    auto const before = take(a_place(id, "lamp-1"));
    auto const after = judge(before, Judged::good);
    EXPECT_EQ(error_of([&](Tx& tx) { return tx.rollouts().move(before, after); }), Errc::busy);
    EXPECT_EQ(error_of([&](Tx& tx) { return tx.rollouts().give_back(before); }), Errc::busy);
    written([&](Tx& tx) { return tx.rollouts().give_back(after); });
    EXPECT_EQ(error_of([&](Tx& tx) { return tx.rollouts().give_back(after); }), Errc::busy);
    EXPECT_EQ(place(id, "lamp-1"), std::nullopt);
}

// sums() compares with a recount after each change.
TEST_P(Places, AddUpToTheSums) {
    EXPECT_TRUE(sums(id).empty());
    auto one = take(a_place(id, "lamp-1"));
    auto two = take(a_place(id, "lamp-2"));
    auto pulled = take(a_place(id, "lamp-3", 0));
    ASSERT_EQ(sums(id).size(), 2U);
    EXPECT_EQ(sums(id)[0].wave, 0);
    EXPECT_EQ(sums(id)[1].tally.taken, 2);
    EXPECT_EQ(sums(id)[1].tally.in_flight, 2);
    for (auto const judged : {Judged::silent, Judged::good, Judged::failed, Judged::reverted,
                              Judged::unreached, Judged::neutral, Judged::unsettled}) {
        one = judge(one, judged);
        EXPECT_EQ(sums(id)[1].tally, tally_of(one) += tally_of(two));
    }
    one = change(one, [](Place& place) {
        place.judged = Judged::failed;
        place.aligned = true;
    });
    EXPECT_EQ(sums(id)[1].tally.aligned_bad, 1);
    // Taken anew, in another wave and after the rollout was resumed.
    one = change(one, [](Place& place) {
        place = a_place(place.rollout, place.did.value, 2);
        place.epoch = 1;
    });
    ASSERT_EQ(sums(id).size(), 3U);
    EXPECT_EQ(sums(id)[2].epoch, 1);
    EXPECT_EQ(sums(id)[2].tally.taken, 1);
    for (auto const& place : {one, two, pulled}) {
        written([&](Tx& tx) { return tx.rollouts().give_back(place); });
    }
    EXPECT_TRUE(sums(id).empty());
}

TEST_P(Places, OfADeviceAreThoseOfAllRolloutsNewestFirst) {
    auto const first = take(a_place(id, "lamp-1"));
    auto const second = take(a_place(create(a_rollout(12)), "lamp-1"));
    take(a_place(id, "lamp-2"));
    auto const found = seen([](Tx const& tx) { return tx.rollouts().places_of(Did{"lamp-1"}); });
    EXPECT_EQ(found, (std::vector<Place>{second, first}));
}

TEST_P(Places, KnowTheirRelatives) {
    auto const held = take(one_each(id, "lamp-1", "user", "gateway"));
    EXPECT_FALSE(has_relative(held));
    EXPECT_TRUE(has_relative(one_each(id, "lamp-2", "user", "lamp-2")));
    EXPECT_TRUE(has_relative(one_each(id, "lamp-2", "", "gateway")));
    EXPECT_TRUE(has_relative(one_each(id, "gateway", "", "gateway")));
    EXPECT_FALSE(has_relative(one_each(id, "lamp-2", "other", "lamp-2")));
    EXPECT_FALSE(has_relative(one_each(id, "lamp-2", "", "lamp-2")));
    EXPECT_FALSE(has_relative(one_each(create(a_rollout(12)), "lamp-2", "user", "gateway")));
    // Neither neutral ones nor those of other waves count.
    judge(held, Judged::neutral);
    EXPECT_FALSE(has_relative(one_each(id, "lamp-2", "user", "gateway")));
    auto elsewhere = one_each(id, "lamp-3", "user", "gateway");
    elsewhere.one_each = false;
    take(elsewhere);
    EXPECT_FALSE(has_relative(one_each(id, "lamp-2", "user", "gateway")));
}

TEST_P(Places, AreDueByTime) {
    auto const at = [&](std::string did, std::int64_t minutes) {
        auto place = a_place(id, std::move(did));
        place.check_at = noon + std::chrono::minutes{minutes};
        return take(place);
    };
    auto const next = [&] {
        return seen([&](Tx const& tx) { return tx.rollouts().next_check(id); });
    };
    EXPECT_EQ(next(), std::nullopt);
    at("late", 30);
    auto const soon = at("soon", 10);
    at("later", 20);
    take(a_place(id, "never"));
    EXPECT_EQ(next(), noon + std::chrono::minutes{10});
    EXPECT_EQ(due(noon + std::chrono::minutes{9}), Dids{});
    EXPECT_EQ(due(noon + std::chrono::minutes{20}), (Dids{"soon", "later"}));
    EXPECT_EQ(due(noon + std::chrono::hours{1}, 2), (Dids{"soon", "later"}));
    change(soon, [](Place& place) { place.check_at = std::nullopt; });
    EXPECT_EQ(due(noon + std::chrono::hours{1}), (Dids{"later", "late"}));
}

TEST_P(Places, ComeWithTheirUpgradeTheirDeviceAndItsGateway) {
    insert("gateway");
    insert("lamp-1", "user", "1.0", "gateway");
    hear("lamp-1", noon);
    hear("gateway", noon + std::chrono::minutes{1});
    auto with = a_place(id, "lamp-1");
    with.upgrade = open(an_upgrade("lamp-1")).id;
    with.check_at = noon;
    take(with);
    auto without = a_place(id, "lamp-2");
    without.upgrade = UpgradeId{999};
    without.check_at = noon;
    take(without);
    auto const rows = seen([&](Tx const& tx) { return tx.rollouts().due(id, noon, 10); });
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].place, with);
    ASSERT_TRUE(rows[0].upgrade);
    EXPECT_EQ(*rows[0].upgrade, find(with.upgrade));
    EXPECT_TRUE(rows[0].device_exists);
    EXPECT_EQ(rows[0].last_seen, noon);
    EXPECT_EQ(rows[0].gateway_last_seen, noon + std::chrono::minutes{1});
    EXPECT_EQ(rows[1].place, without);
    EXPECT_EQ(rows[1].upgrade, std::nullopt);
    EXPECT_FALSE(rows[1].device_exists);
    EXPECT_EQ(rows[1].last_seen, std::nullopt);
    EXPECT_EQ(rows[1].gateway_last_seen, std::nullopt);
}

TEST_P(Places, OfSilentDevicesThatSpokeAgainAreFoundInParts) {
    for (auto const* did : {"a", "b", "c", "d", "e"}) {
        insert(did);
        judge(take(a_place(id, did)), Judged::silent);  // At one o'clock.
    }
    hear("a", noon + std::chrono::hours{1});
    hear("b", noon + std::chrono::hours{2});
    hear("d", noon + std::chrono::hours{2});
    judge(take(a_place(id, "f")), Judged::failed);
    auto const first = spoke_again(first_did, 3);
    EXPECT_EQ(dids(first.rows), Dids{"b"});
    EXPECT_EQ(first.next, Did{"c"});
    auto const second = spoke_again(*first.next, 3);
    EXPECT_EQ(dids(second.rows), Dids{"d"});
    EXPECT_EQ(second.next, std::nullopt);
}

TEST_P(Places, InFlightAreFoundInParts) {
    for (auto const* did : {"a", "b", "c"}) take(a_place(id, did));
    judge(*place(id, "b"), Judged::good);
    auto const of = [&](Did const& after) {
        return seen([&](Tx const& tx) { return tx.rollouts().in_flight(id, after, 1); });
    };
    auto const first = of(first_did);
    EXPECT_EQ(dids(first.rows), Dids{"a"});
    ASSERT_TRUE(first.next);
    auto const second = of(*first.next);
    EXPECT_EQ(dids(second.rows), Dids{"c"});
    EXPECT_TRUE(of(*second.next).rows.empty());
}

TEST_P(Places, AreCountedByTheTimeOfTheirHandOut) {
    auto const handed_out = [&](std::string did, std::int64_t minutes, std::int64_t wave = 1) {
        auto place = a_place(id, std::move(did), wave);
        place.handed_out_at = noon + std::chrono::minutes{minutes};
        take(place);
    };
    handed_out("a", 30);
    handed_out("b", 10);
    handed_out("c", 20);
    handed_out("d", 15, 2);
    take(a_place(id, "e"));
    auto const minute = [&](std::int64_t minutes) { return noon + std::chrono::minutes{minutes}; };
    auto const between = [&](Instant after, Instant until) {
        return seen(
            [&](Tx const& tx) { return tx.rollouts().handed_out_between(id, 1, after, until); });
    };
    EXPECT_EQ(between({}, minute(60)), 3);
    EXPECT_EQ(between(minute(10), minute(20)), 1);
    auto const nth = [&](Instant after, std::int64_t n) {
        return seen([&](Tx const& tx) { return tx.rollouts().nth_hand_out(id, 1, after, n); });
    };
    EXPECT_EQ(nth({}, 0), minute(10));
    EXPECT_EQ(nth({}, 2), minute(30));
    EXPECT_EQ(nth(minute(10), 0), minute(20));
    EXPECT_EQ(nth({}, 3), std::nullopt);
}

TEST_P(Places, AreListedByEachFilter) {
    for (auto const* did : {"e", "d", "c", "b", "a"}) {
        insert(did);
        auto place = a_place(id, did, did[0] < 'd' ? 1 : 2);
        place.upgrade = open(an_upgrade(did)).id;
        take(place);
    }
    judge(*place(id, "a"), Judged::good);
    judge(*place(id, "b"), Judged::failed);
    change(*place(id, "d"), [](Place& place) { place.handed_out_at = noon; });
    finish(find(place(id, "a")->upgrade), noon);
    EXPECT_EQ(listed({}), (Dids{"a", "b", "c", "d", "e"}));
    EXPECT_EQ(listed({.wave = 2}), (Dids{"e", "d"}));
    EXPECT_EQ(listed({.judged = Judged::good}), Dids{"a"});
    EXPECT_EQ(listed({.judged = Judged::failed}), Dids{"b"});
    EXPECT_EQ(listed({.judged = Judged::unsettled}), (Dids{"c", "d", "e"}));
    EXPECT_EQ(listed({.wave = 1, .judged = Judged::unsettled}), Dids{"c"});
    EXPECT_EQ(listed({.state = State::queued}), (Dids{"c", "d", "e"}));
    EXPECT_EQ(listed({.wave = 1, .state = State::queued}), Dids{"c"});
    EXPECT_EQ(listed({.wave = 1, .state = State::succeeded}), Dids{"a"});
    for (auto const judged :
         {Judged::silent, Judged::reverted, Judged::unreached, Judged::neutral}) {
        EXPECT_EQ(listed({.judged = judged}), Dids{});
    }
}

TEST_P(Places, OfOldRolloutsAreRemovedInParts) {
    for (auto const* did : {"a", "b", "c"}) take(a_place(id, did));
    auto const running = create(a_rollout(12));
    take(a_place(running, "a"));
    auto const empty = create(a_rollout(13));
    auto const sweep = [&](Instant before) {
        return written([&](Tx& tx) { return tx.rollouts().sweep_places(before, 2); });
    };
    auto const end = [](rollout::State state, Instant at) {
        return [=](Rollout& one) {
            one.state = state;
            one.ended_at = at;
        };
    };
    edit(running, end(rollout::State::finished, noon));
    edit(empty, end(rollout::State::stopped, noon));
    edit(id, end(rollout::State::stopped, noon + Millis{1}));
    EXPECT_EQ(sweep(noon), 0);
    EXPECT_EQ(sweep(noon + Millis{2}), 2);
    EXPECT_EQ(sweep(noon + Millis{2}), 1);
    EXPECT_EQ(sweep(noon + Millis{2}), 0);
    EXPECT_EQ(place(id, "a"), std::nullopt);
    EXPECT_NE(place(running, "a"), std::nullopt);
    EXPECT_EQ(seen([&](Tx const& tx) { return tx.rollouts().tallies(id); })[0].tally.taken, 3);
}

// Of an upgrade that was given back nothing is left.
TEST_P(Places, GiveTheirUpgradesBackWithoutATrace) {
    insert("a");
    auto const upgrade = open(an_upgrade("a", "order"));
    put_order("order", upgrade.id, upgrade.id);
    written([&](Tx& tx) { return tx.upgrades().remove(upgrade.id); });
    EXPECT_EQ(seen([](Tx const& tx) { return tx.upgrades().active_id_of(Did{"a"}); }),
              std::nullopt);
    EXPECT_EQ(seen([](Tx const& tx) { return tx.orders().find(OrderId{"order"}); }), std::nullopt);
    EXPECT_EQ(error_of([&](Tx& tx) { return tx.upgrades().remove(upgrade.id); }), Errc::not_found);
    open(an_upgrade("a"));
}

// The history is swept, but not what a rollout still needs.
TEST_P(Places, KeepTheirUpgradesWhileTheyAreUnsettled) {
    for (auto const* did : {"settled", "unsettled", "watched"}) {
        insert(did);
        auto place = a_place(id, did);
        place.upgrade = finish(open(an_upgrade(did)), noon).id;
        take(place);
    }
    judge(*place(id, "settled"), Judged::good);
    auto const watched = change(judge(*place(id, "watched"), Judged::good),
                                [](Place& place) { place.check_at = noon; });
    auto const sweep = [&] {
        return written([](Tx& tx) {
                   return tx.upgrades().sweep(noon + std::chrono::hours{24}, UpgradeId{0}, 10);
               })
            .removed;
    };
    EXPECT_EQ(sweep(), 1);
    change(watched, [](Place& place) { place.check_at = std::nullopt; });
    EXPECT_EQ(sweep(), 1);
    judge(*place(id, "unsettled"), Judged::good);
    EXPECT_EQ(sweep(), 1);
}

ON_EVERY_BACKEND(Places);

}  // namespace
}  // namespace updraft::contract
