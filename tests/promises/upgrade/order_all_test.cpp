// Large orders: upgrades are created in parts, and the order is complete at the end.
#include "scene.h"

#include <functional>

#include "access/granting.h"
#include "ports/openings_table.h"
#include "ports/orders_table.h"

namespace updraft::upgrade {
namespace {

constexpr int devices = 2'500;  // Three parts.

class LargeOrder : public Scene {
protected:
    void SetUp() override {
        Scene::SetUp();
        release("2.0");
        wrote([&](Tx& tx) -> Result<void> {
            for (int i = 0; i < devices; ++i) {
                fleet::Device made;
                made.did = Did{"d" + std::to_string(10'000 + i)};
                made.model = ModelName{"lamp"};
                made.version = Version{i % 2 == 0 ? "1.0" : "1.1"};
                made.open_id = OpenId{"user"};
                made.token_digest = sha256(made.did.value);
                made.created_at = clock.now();
                TRY(tx.devices().insert(made));
            }
            return {};
        });
    }
    OrderPart first_part() {
        return write(*store,
                     [&](Tx& tx) {
                         return order_all(tx, means, who, StepMode::next_step, clock.now());
                     })
            .value();
    }
    OrderPart next_part(OrderId const& order) {
        return write(*store, [&](Tx& tx) { return order_more(tx, means, who, order, clock.now()); })
            .value();
    }
    // Looks for an abandoned order and continues it. True when there was one.
    bool went_on() {
        auto const found = saw([&](Tx const& tx) { return abandoned(tx, clock.now()); });
        if (found) next_part(found->order_id);
        return found.has_value();
    }
    // The number of upgrades of that order, over all pages.
    std::size_t size_of(OrderId const& order) {
        RunningAsk ask;
        ask.open_id = OpenId{"user"};
        ask.order_id = order;
        ask.limit = 1'000;
        std::size_t count = 0;
        while (true) {
            auto const page = saw([&](Tx const& tx) { return running(tx, ask); });
            count += page.size();
            if (page.size() < 1'000) return count;
            ask.after = page.back().id;
        }
    }
};

using Then = OrderPart::Then;

TEST_F(LargeOrder, IsOpenedInPartsAndWholeInTheEnd) {
    auto part = first_part();
    auto const order = part.order_id;
    int parts = 1;
    for (; part.then == Then::more; ++parts) {
        EXPECT_LT(size_of(order), devices);
        part = next_part(order);
        EXPECT_EQ(part.order_id, order);
    }
    EXPECT_EQ(part.then, Then::complete);
    EXPECT_EQ(parts, 3);
    EXPECT_EQ(size_of(order), devices);
    EXPECT_FALSE(saw([&](Tx const& tx) { return tx.openings().of_user(OpenId{"user"}); }));
}

TEST_F(LargeOrder, LetsOthersOrderBetweenItsParts) {
    auto const order = first_part().order_id;
    auto const single = this->order("d12400");
    ASSERT_TRUE(single);
    EXPECT_NE(*single, order);
    while (next_part(order).then == Then::more) {
    }
    EXPECT_EQ(size_of(order), devices - 1);
    EXPECT_EQ(size_of(*single), 1U);
}

TEST_F(LargeOrder, CalledAgainGoesOnWithTheSameOrder) {
    auto const order = first_part().order_id;
    auto part = first_part();
    EXPECT_EQ(part.order_id, order);
    EXPECT_EQ(part.then, Then::more);
    EXPECT_EQ(next_part(order).then, Then::complete);
    // The caller that began the order gets the same answer.
    part = next_part(order);
    EXPECT_EQ(part.then, Then::complete);
    EXPECT_EQ(part.order_id, order);
    EXPECT_EQ(size_of(order), devices);
    EXPECT_EQ(order_everything(), order);
}

TEST_F(LargeOrder, IsFinishedByAnyInstanceWhenAbandoned) {
    auto const order = first_part().order_id;
    clock.advance(opening_abandoned_after - Millis{1});
    EXPECT_FALSE(went_on());
    clock.advance(Millis{1});
    EXPECT_TRUE(went_on());
    EXPECT_FALSE(went_on()) << "it moves: somebody is at it";
    EXPECT_EQ(next_part(order).then, Then::complete);
    clock.advance(opening_abandoned_after);
    EXPECT_FALSE(went_on());
    EXPECT_EQ(size_of(order), devices);
}

TEST_F(LargeOrder, OfNothingLeavesNothing) {
    withdraw(saw([](Tx const& tx) { return tx.releases().catalog(ModelName{"lamp"}); })
                 ->releases.front()
                 .id);
    auto const part = first_part();
    EXPECT_EQ(part.then, Then::more);
    EXPECT_EQ(order_everything().error().code, Errc::nothing_to_upgrade);
    EXPECT_FALSE(saw([&](Tx const& tx) { return tx.orders().find(part.order_id); }));
    EXPECT_FALSE(saw([&](Tx const& tx) { return tx.openings().of_user(OpenId{"user"}); }));
}

TEST_F(LargeOrder, OfNothingEndsWhenAbandoned) {
    withdraw(saw([](Tx const& tx) { return tx.releases().catalog(ModelName{"lamp"}); })
                 ->releases.front()
                 .id);
    first_part();
    for (int part = 2; part <= 3; ++part) {
        clock.advance(opening_abandoned_after);
        EXPECT_TRUE(went_on());
    }
    clock.advance(opening_abandoned_after);
    EXPECT_FALSE(went_on());
}

TEST_F(LargeOrder, OfAsManyKindsAsDevicesIsWholeAsWell) {
    wrote([&](Tx& tx) -> Result<void> {
        for (int i = 0; i < devices; i += 10) {
            TRY_ASSIGN(auto made, tx.devices().find(Did{"d" + std::to_string(10'000 + i)}));
            made.version = Version{"0." + std::to_string(i)};
            TRY(tx.devices().replace(made));
        }
        return {};
    });
    auto const order = order_everything();
    ASSERT_TRUE(order);
    EXPECT_EQ(size_of(*order), devices);
}

// What ends the right of an app to order for a user.
struct RevocationCase {
    std::string name;
    std::function<Result<void>(Tx&)> revoke;
    Errc refusal;
};
Result<void> change_app(Tx& tx, std::function<void(access::App&)> const& change) {
    TRY_ASSIGN(auto const known, tx.apps().find(AppId{"app"}));
    auto app = *known;
    change(app);
    return tx.apps().replace(app);
}
Result<void> delete_grant(Tx& tx) { return access::revoke(tx, {AppId{"app"}, OpenId{"user"}}); }

class ARevokedLargeOrder : public LargeOrder, public testing::WithParamInterface<RevocationCase> {
protected:
    void SetUp() override {
        LargeOrder::SetUp();
        order_ = first_part().order_id;
        wrote([](Tx& tx) { return GetParam().revoke(tx); });
    }
    Orderer const other{.appid = AppId{"other"}, .open_id = OpenId{"user"}};
    Result<void> add_other_app(Tx& tx) {
        access::App app;
        app.appid = *other.appid;
        TRY(tx.apps().insert(app));
        return tx.grants().put_grant({*other.appid, *other.open_id, clock.now()});
    }
    OrderPart all_of(Orderer const& orderer) {
        return write(*store,
                     [&](Tx& tx) {
                         return order_all(tx, means, orderer, StepMode::next_step, clock.now());
                     })
            .value();
    }
    OrderPart more_of(Orderer const& orderer, OrderId const& order) {
        return write(*store,
                     [&](Tx& tx) { return order_more(tx, means, orderer, order, clock.now()); })
            .value();
    }
    bool is_open() {
        return saw([&](Tx const& tx) { return tx.openings().find(order_); }).has_value();
    }

    OrderId order_;
};

TEST_P(ARevokedLargeOrder, EndsBetweenItsParts) {
    auto const part = next_part(order_);
    EXPECT_EQ(part.then, Then::refused);
    EXPECT_EQ(part.refusal.code, GetParam().refusal);
    EXPECT_EQ(size_of(order_), 1'000U);
    EXPECT_FALSE(is_open());
    EXPECT_EQ(order_everything().error().code, GetParam().refusal);
    EXPECT_EQ(size_of(order_), 1'000U);
}

TEST_P(ARevokedLargeOrder, IsNotContinuedAfterACrash) {
    clock.advance(opening_abandoned_after);
    went_on();
    EXPECT_FALSE(is_open());
    clock.advance(opening_abandoned_after);
    EXPECT_FALSE(went_on());
    EXPECT_EQ(size_of(order_), 1'000U);
}

TEST_P(ARevokedLargeOrder, IsNotContinuedByAnotherAppEither) {
    wrote([&](Tx& tx) { return add_other_app(tx); });
    auto part = all_of(other);
    EXPECT_NE(part.order_id, order_);
    while (part.then == Then::more) part = more_of(other, part.order_id);
    EXPECT_EQ(part.then, Then::complete);
    EXPECT_EQ(size_of(order_), 1'000U);
    EXPECT_EQ(size_of(part.order_id), 1'500U);
}

// The other app has called before, so that it was continuing this order when it ended.
TEST_P(ARevokedLargeOrder, LetsAnotherAppThatContinuesItBeginItsOwn) {
    wrote([&](Tx& tx) { return add_other_app(tx); });
    auto part = more_of(other, order_);
    EXPECT_EQ(part.then, Then::again);
    EXPECT_FALSE(is_open());
    part = all_of(other);
    EXPECT_EQ(part.then, Then::more);
    EXPECT_NE(part.order_id, order_);
}

INSTANTIATE_TEST_SUITE_P(
    , ARevokedLargeOrder,
    testing::Values(
        RevocationCase{"GrantDeleted", delete_grant, Errc::token_invalid},
        RevocationCase{
            "AppDisabled",
            [](Tx& tx) { return change_app(tx, [](access::App& app) { app.disabled = true; }); },
            Errc::app_unknown},
        RevocationCase{"AppRemoved", [](Tx& tx) { return tx.apps().remove(AppId{"app"}); },
                       Errc::app_unknown},
        RevocationCase{"AppMayNotUpgrade",
                       [](Tx& tx) {
                           return change_app(tx, [](access::App& app) { app.ota_enabled = false; });
                       },
                       Errc::app_forbidden}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(LargeOrder, WhoseGrantIsGivenAgainDoesNotComeBack) {
    auto const order = first_part().order_id;
    wrote(delete_grant);
    wrote([&](Tx& tx) {
        return tx.grants().put_grant({AppId{"app"}, OpenId{"user"}, clock.now()});
    });
    clock.advance(opening_abandoned_after);
    EXPECT_FALSE(went_on());
    EXPECT_EQ(size_of(order), 1'000U);
    auto const again = order_everything();
    ASSERT_TRUE(again);
    EXPECT_NE(*again, order);
    EXPECT_EQ(size_of(*again), 1'500U);
}

TEST_F(LargeOrder, StaysWhenAnotherAppThatContinuedItIsRevoked) {
    auto const order = first_part().order_id;
    Orderer const stranger{.appid = AppId{"stranger"}, .open_id = OpenId{"user"}};
    auto const part =
        write(*store, [&](Tx& tx) { return order_more(tx, means, stranger, order, clock.now()); });
    EXPECT_EQ(part->then, Then::refused);
    EXPECT_EQ(part->refusal.code, Errc::app_unknown);
    while (next_part(order).then == Then::more) {
    }
    EXPECT_EQ(size_of(order), devices);
}

TEST_F(LargeOrder, DoesNotOpenADeviceThatGotAnotherUserMeanwhile) {
    auto const order = first_part().order_id;
    wrote([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto rebound, tx.devices().find(Did{"d12400"}));
        rebound.open_id = OpenId{"another"};
        return tx.devices().replace(rebound);
    });
    while (next_part(order).then == Then::more) {
    }
    EXPECT_EQ(size_of(order), devices - 1);
    EXPECT_FALSE(active("d12400"));
}

}  // namespace
}  // namespace updraft::upgrade
