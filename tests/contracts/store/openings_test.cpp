// What every store promises about large orders whose upgrades are still being created.
#include <gtest/gtest.h>

#include "backend.h"
#include "ports/openings_table.h"

namespace updraft::contract {
namespace {

class Openings : public StoreContract {
protected:
    static Opening an_opening(std::string order_id, std::string open_id, Instant moved_at = noon) {
        return {.order_id = OrderId{std::move(order_id)},
                .open_id = OpenId{std::move(open_id)},
                .appid = AppId{"app"},
                .step_mode = upgrade::StepMode::all_steps,
                .after = Did{"m"},
                .created_at = noon,
                .moved_at = moved_at};
    }
    void begin(Opening const& opening) {
        written([&](Tx& tx) { return tx.openings().begin(opening); });
    }
    std::optional<Opening> find(std::string order_id) {
        return seen([&](Tx const& tx) { return tx.openings().find(OrderId{order_id}); });
    }
    std::optional<Opening> stalled(Instant before) {
        return seen([&](Tx const& tx) { return tx.openings().stalled(before); });
    }
};

TEST_P(Openings, AreFoundAsTheyBegan) {
    auto const opening = an_opening("order", "user");
    begin(opening);
    EXPECT_EQ(find("order"), opening);
    EXPECT_EQ(seen([](Tx const& tx) { return tx.openings().of_user(OpenId{"user"}); }), opening);
    EXPECT_FALSE(find("another"));
    EXPECT_FALSE(seen([](Tx const& tx) { return tx.openings().of_user(OpenId{"other"}); }));
}

TEST_P(Openings, AreOnePerUser) {
    begin(an_opening("order", "user"));
    auto const second =
        write(store(), [](Tx& tx) { return tx.openings().begin(an_opening("second", "user")); });
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
}

TEST_P(Openings, MoveOnUntilTheyEnd) {
    begin(an_opening("order", "user"));
    written(
        [](Tx& tx) { return tx.openings().advance(OrderId{"order"}, Did{"z"}, noon + Millis{9}); });
    EXPECT_EQ(find("order")->after, Did{"z"});
    EXPECT_EQ(find("order")->moved_at, noon + Millis{9});
    EXPECT_EQ(find("order")->created_at, noon);
    written([](Tx& tx) { return tx.openings().end(OrderId{"order"}); });
    EXPECT_FALSE(find("order"));
}

TEST_P(Openings, AreStalledWhenTheyHaveNotMoved) {
    EXPECT_FALSE(stalled(noon));
    begin(an_opening("late", "b", noon + Millis{5}));
    begin(an_opening("early", "a", noon));
    EXPECT_FALSE(stalled(noon - Millis{1}));
    EXPECT_EQ(stalled(noon)->order_id, OrderId{"early"});
    EXPECT_EQ(stalled(noon + Millis{9})->order_id, OrderId{"early"});
    written([](Tx& tx) { return tx.openings().end(OrderId{"early"}); });
    EXPECT_FALSE(stalled(noon));
    EXPECT_EQ(stalled(noon + Millis{9})->order_id, OrderId{"late"});
}

ON_EVERY_BACKEND(Openings);

}  // namespace
}  // namespace updraft::contract
