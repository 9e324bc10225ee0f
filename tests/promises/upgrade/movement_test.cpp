// Signs of life alone keep no upgrade open; bytes, states and figures do.
#include "scene.h"

#include <functional>

#include "upgrade/report_version.h"

namespace updraft::upgrade {
namespace {

using std::chrono::hours;

class Movement : public Scene {
protected:
    void SetUp() override {
        Scene::SetUp();
        release("2.0");
        device("lamp");
        id = taken("lamp");
    }
    // Lets time pass for a device that polls every hour.
    void wait(hours time) {
        for (hours passed{0}; passed < time; passed += hours{1}) {
            clock.advance(hours{1});
            polled("lamp");
            expire();
        }
    }
    State state() { return upgrade(id).state; }
    UpgradeId id;
};

TEST_F(Movement, IsAwaitedForSeventyTwoHoursFromADeviceThatPolls) {
    wait(hours{71});
    EXPECT_EQ(state(), State::offered);
    wait(hours{1});
    EXPECT_EQ(state(), State::failed);
    EXPECT_EQ(upgrade(id).cause, "timeout: no progress");
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
}

TEST_F(Movement, MayHaveAShorterLimitThanSilence) {
    limits.progress_timeout = hours{2};
    device("second");
    auto const other = taken("second");
    clock.advance(hours{2} - Millis{1});
    expire();
    EXPECT_EQ(upgrade(other).state, State::offered);
    clock.advance(Millis{1});
    polled("second");
    expire();
    EXPECT_EQ(upgrade(other).cause, "timeout: no progress");
}

struct MoveCase {
    std::string name;
    std::function<void(Movement&)> does;
    bool moves;
};
class AMove : public Movement, public testing::WithParamInterface<MoveCase> {
public:
    using Movement::serve;
    void bytes(std::int64_t from, std::int64_t to) { serve(id, from, to); }
    void counts(std::int64_t cnt) { ASSERT_TRUE(say("lamp", id, {.count = Count{cnt, 100}})); }
    void says(Said said, std::string text) { ASSERT_TRUE(say("lamp", id, said, std::move(text))); }
};
TEST_P(AMove, IsAStateAFigureOrANewByte) {
    counts(10);
    bytes(0, 500);
    wait(hours{71});
    ASSERT_EQ(state(), State::downloading);
    GetParam().does(*this);
    wait(hours{1});
    EXPECT_EQ(state() == State::failed, !GetParam().moves);
    if (GetParam().moves) wait(hours{72});
    EXPECT_EQ(upgrade(id).cause, "timeout: no progress");
}
AMove& a(Movement& movement) { return static_cast<AMove&>(movement); }
INSTANTIATE_TEST_SUITE_P(
    , AMove,
    testing::Values(
        MoveCase{"Nothing", [](Movement&) {}, false},
        MoveCase{"TheSameBytes", [](Movement& m) { a(m).bytes(100, 400); }, false},
        MoveCase{"OneMoreByte", [](Movement& m) { a(m).bytes(900, 901); }, true},
        MoveCase{"TheSameFigure", [](Movement& m) { a(m).counts(10); }, false},
        MoveCase{"AHigherFigure", [](Movement& m) { a(m).counts(11); }, true},
        MoveCase{"TextAlone", [](Movement& m) { a(m).says(Said::trouble, "again"); }, false},
        MoveCase{"AnotherState", [](Movement& m) { a(m).says(Said::downloaded, ""); }, true}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Movement, OfBytesCountsWhileItInstallsToo) {
    ASSERT_TRUE(say("lamp", id, Said::downloaded));
    ASSERT_TRUE(say("lamp", id, Said::working));
    wait(hours{71});
    serve(id, 0, 10);
    EXPECT_EQ(state(), State::installing);
    wait(hours{71});
    EXPECT_EQ(state(), State::installing);
    wait(hours{1});
    EXPECT_EQ(state(), State::failed);
}

TEST_F(Movement, IsNotKnownOfUpgradesFromBeforeAndCountsFromTheFirstLook) {
    auto const before = upgrade(id);
    auto without = before;
    without.moved_at.reset();
    wrote([&](Tx& tx) { return tx.upgrades().move(before, without); });
    wait(hours{24});
    EXPECT_EQ(upgrade(id).moved_at, clock.now());
    wait(hours{71});
    EXPECT_EQ(state(), State::offered);
    wait(hours{1});
    EXPECT_EQ(state(), State::failed);
}

class ACancellation : public Movement {
protected:
    void SetUp() override {
        Movement::SetUp();
        ASSERT_TRUE(say("lamp", id, Said::downloading));
        ASSERT_TRUE(cancel("lamp"));
    }
};

TEST_F(ACancellation, IsAwaitedForADay) {
    wait(hours{23});
    EXPECT_EQ(state(), State::cancelling);
    wait(hours{1});
    EXPECT_EQ(state(), State::cancelled);
    EXPECT_EQ(upgrade(id).cause, "cancelled");
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
    EXPECT_TRUE(order("lamp"));
}

TEST_F(ACancellation, IsNotAnsweredByGoingOn) {
    wait(hours{12});
    serve(id, 0, 500);
    ASSERT_TRUE(say("lamp", id, {.count = Count{70, 100}}));
    ASSERT_TRUE(answer("lamp", id, CancelAnswer::noted));
    wait(hours{11});
    EXPECT_EQ(state(), State::cancelling);
    wait(hours{1});
    EXPECT_EQ(state(), State::cancelled);
}

TEST_F(ACancellation, ThatIsRefusedStartsTheTimeAnew) {
    wait(hours{23});
    ASSERT_TRUE(answer("lamp", id, CancelAnswer::refused));
    wait(hours{71});
    EXPECT_EQ(state(), State::downloading);
    wait(hours{1});
    EXPECT_EQ(upgrade(id).cause, "timeout: no progress");
}

TEST_F(ACancellation, MayTakeLongerThanProgress) {
    limits.cancel_timeout = hours{24 * 10};
    wait(hours{24 * 9});
    EXPECT_EQ(state(), State::cancelling);
    wait(hours{24});
    EXPECT_EQ(state(), State::cancelled);
}

TEST_F(ACancellation, OfASilentDeviceEndsAsOneToo) {
    clock.advance(hours{24});
    expire();
    EXPECT_EQ(state(), State::cancelled);
}

// What lets a channel ask for the version: a closing report may have been lost.
TEST_F(Movement, OfNothingSinceThreePollsAsksForTheVersion) {
    auto const asked = [&] { return wants_version(upgrade(id), means.polling, clock.now()); };
    clock.advance(3 * means.polling);
    EXPECT_FALSE(asked());
    ASSERT_TRUE(say("lamp", id, Said::downloaded));
    EXPECT_FALSE(asked());
    clock.advance(3 * means.polling - Millis{1});
    EXPECT_FALSE(asked());
    clock.advance(Millis{1});
    EXPECT_TRUE(asked());
    ASSERT_TRUE(say("lamp", id, Said::working));
    EXPECT_FALSE(asked());
    clock.advance(3 * means.polling);
    ASSERT_TRUE(cancel("lamp"));
    EXPECT_FALSE(asked());
    clock.advance(3 * means.polling);
    EXPECT_TRUE(asked());
}

}  // namespace
}  // namespace updraft::upgrade
