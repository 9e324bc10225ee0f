#include "scene.h"

#include "ports/timelines_table.h"

namespace updraft::upgrade {
namespace {

using std::chrono::hours;

class Time : public Scene {
protected:
    void SetUp() override {
        Scene::SetUp();
        newest = release("2.0");
        device("lamp");
    }
    ReleaseId newest;
};

TEST_F(Time, ExpiresWhatIsNeverFetched) {
    ASSERT_TRUE(order("lamp"));
    auto const id = active("lamp")->id;
    clock.advance(hours{24 * 7} - Millis{1});
    EXPECT_EQ(expire(), 0);
    clock.advance(Millis{1});
    EXPECT_EQ(expire(), 1);
    EXPECT_EQ(upgrade(id).state, State::expired);
    EXPECT_EQ(upgrade(id).cause, "expired");
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
}

TEST_F(Time, FailsADeviceThatFellSilent) {
    auto const id = taken("lamp");
    polled("lamp");
    clock.advance(hours{24});
    EXPECT_EQ(expire(), 1);
    EXPECT_EQ(upgrade(id).state, State::failed);
    EXPECT_EQ(upgrade(id).cause, "timeout");
}

// As after a crash, which forgets the signs of life that were not written yet.
TEST_F(Time, IsGivenToADeviceWhoseSignsWereForgotten) {
    ASSERT_TRUE(order("lamp"));
    clock.advance(hours{20});
    auto const id = active("lamp")->id;
    ASSERT_TRUE(fetch("lamp", id));
    auto const before = upgrade(id);
    auto due = before;
    due.due_at = clock.now() + hours{1};
    wrote([&](Tx& tx) { return tx.upgrades().move(before, due); });
    ASSERT_FALSE(look_at("lamp").last_seen);
    clock.advance(hours{23});
    EXPECT_EQ(expire(), 1);
    EXPECT_EQ(upgrade(id).state, State::offered);
    clock.advance(hours{1});
    EXPECT_EQ(expire(), 1);
    EXPECT_EQ(upgrade(id).cause, "timeout");
}

TEST_F(Time, IsGivenToADeviceThatPolls) {
    auto const id = taken("lamp");
    clock.advance(hours{23});
    polled("lamp");
    clock.advance(hours{2});
    EXPECT_EQ(expire(), 1);
    EXPECT_EQ(upgrade(id).state, State::offered);
    EXPECT_EQ(expire(), 0);
    clock.advance(hours{22});
    expire();
    EXPECT_EQ(upgrade(id).state, State::failed);
}

TEST_F(Time, EndsWhatWaitsForAWithdrawnRelease) {
    ASSERT_TRUE(order("lamp"));
    auto const id = active("lamp")->id;
    device("second");
    auto const running = taken("second");
    withdraw(newest);
    EXPECT_EQ(upgrade(id).state, State::cancelled);
    EXPECT_EQ(upgrade(id).cause, "withdrawn");
    EXPECT_EQ(upgrade(running).state, State::offered);
}

struct WithdrawalCase {
    std::string name;
    std::vector<Said> said;  // Reports after the fetch.
    State before;
    State after;
    bool fetched = true;
    bool cancelled = false;
};
class Withdrawal : public Time, public testing::WithParamInterface<WithdrawalCase> {};
TEST_P(Withdrawal, EndsWhatWaitsAndLetsADeviceCarryOn) {
    auto const& tested = GetParam();
    success_is_proven_by_version();
    ASSERT_TRUE(order("lamp"));
    auto const id = active("lamp")->id;
    ASSERT_EQ(tested.fetched && !fetch("lamp", id), false);
    for (auto const said : tested.said) {
        clock.advance(Millis{1});
        ASSERT_TRUE(say("lamp", id, said));
    }
    ASSERT_EQ(tested.cancelled && !cancel("lamp"), false);
    ASSERT_EQ(upgrade(id).state, tested.before);
    withdraw(newest);
    EXPECT_EQ(upgrade(id).state, tested.after);
    if (tested.after == State::cancelled) {
        EXPECT_EQ(upgrade(id).cause, "withdrawn");
        EXPECT_EQ(poll("lamp").task, Task::nothing);
        return;
    }
    if (tested.after != State::verifying) {
        ASSERT_TRUE(say("lamp", id, Said::succeeded));
    }
    reports_version("lamp", "2.0");
    EXPECT_EQ(upgrade(id).state, State::succeeded);
    EXPECT_EQ(look_at("lamp").version, Version{"2.0"});
    EXPECT_EQ(order("lamp").error().code, Errc::nothing_to_upgrade);
}
INSTANTIATE_TEST_SUITE_P(
    AtEveryState, Withdrawal,
    testing::Values(
        WithdrawalCase{"Queued", {}, State::queued, State::cancelled, false},
        WithdrawalCase{"Offered", {}, State::offered, State::offered},
        WithdrawalCase{"Downloading", {Said::downloading}, State::downloading, State::downloading},
        WithdrawalCase{"Downloaded", {Said::downloaded}, State::downloaded, State::downloaded},
        WithdrawalCase{
            "Installing", {Said::downloaded, Said::working}, State::installing, State::installing},
        WithdrawalCase{"Verifying", {Said::succeeded}, State::verifying, State::verifying},
        WithdrawalCase{
            "Cancelling", {Said::downloading}, State::cancelling, State::cancelling, true, true}),
    [](auto const& tested) { return tested.param.name; });

class Verifying : public Time {
protected:
    void SetUp() override {
        Time::SetUp();
        success_is_proven_by_version();
        id = taken("lamp");
        ASSERT_TRUE(say("lamp", id, Said::succeeded));
    }
    State state() { return upgrade(id).state; }
    UpgradeId id;
};

TEST_F(Verifying, WaitsForTheVersion) {
    EXPECT_EQ(state(), State::verifying);
    EXPECT_EQ(upgrade(id).progress, 99);
    EXPECT_EQ(poll("lamp").task, Task::nothing);
    EXPECT_TRUE(look_at("lamp").attributes_wanted);
    EXPECT_EQ(look_at("lamp").version, Version{"1.0"});
    reports_version("lamp", "2.0");
    EXPECT_EQ(state(), State::succeeded);
    EXPECT_EQ(look_at("lamp").version, Version{"2.0"});
}

TEST_F(Verifying, WaitsWhileTheOldVersionIsReported) {
    reports_version("lamp", "1.0");
    EXPECT_EQ(state(), State::verifying);
    clock.advance(limits.verify_timeout);
    expire();
    EXPECT_EQ(state(), State::failed);
    EXPECT_TRUE(upgrade(id).cause.starts_with("version_mismatch"));
}

TEST_F(Verifying, FailsAtOnceWithAThirdVersion) {
    reports_version("lamp", "1.7");
    EXPECT_EQ(state(), State::failed);
    EXPECT_TRUE(upgrade(id).cause.starts_with("version_mismatch"));
    EXPECT_EQ(look_at("lamp").version, Version{"1.7"});
}

TEST_F(Verifying, MayBeCalledOffByTheDevice) {
    ASSERT_TRUE(say("lamp", id, Said::failed, "rolled back"));
    EXPECT_EQ(upgrade(id).cause, "device_error: rolled back");
}

TEST_F(Verifying, IsSparedWhenTheVersionIsReportedBefore) {
    device("second");
    auto const next = taken("second");
    reports_version("second", "2.0");
    EXPECT_EQ(upgrade(next).state, State::succeeded);
    EXPECT_EQ(say("second", next, Said::succeeded).error().code, Errc::gone);
}

TEST_F(Verifying, WaitsForAtLeastThreePollingIntervals) {
    means.polling = hours{1};
    device("slow");
    auto const next = taken("slow");
    ASSERT_TRUE(say("slow", next, Said::succeeded));
    clock.advance(hours{3} - Millis{1});
    expire();
    EXPECT_EQ(upgrade(next).state, State::verifying);
    clock.advance(Millis{1});
    expire();
    EXPECT_EQ(upgrade(next).state, State::failed);
}

TEST_F(Time, ShowsAFallbackInTheTimelineAndOffersAgain) {
    auto const id = taken("lamp");
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_EQ(order("lamp").error().code, Errc::nothing_to_upgrade);
    reports_version("lamp", "1.0");
    EXPECT_EQ(look_at("lamp").version, Version{"1.0"});
    auto const line = saw([&](Tx const& tx) { return tx.timelines().of(id); });
    EXPECT_EQ(line.back().state, State::succeeded);
    EXPECT_NE(line.back().text.find("1.0"), std::string::npos);
    EXPECT_TRUE(order("lamp"));
}

TEST_F(Time, RemembersAFallbackUntilTheNextSuccess) {
    auto const fallback = [&] {
        auto const lamp = look_at("lamp");
        return saw([&](Tx const& tx) { return fallback_of(tx, lamp); });
    };
    EXPECT_FALSE(fallback());
    auto const id = taken("lamp");
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_FALSE(fallback());
    clock.advance(Millis{5});
    reports_version("lamp", "1.0");
    ASSERT_TRUE(fallback());
    EXPECT_EQ(fallback()->upgrade, id);
    EXPECT_EQ(fallback()->from, Version{"2.0"});
    EXPECT_EQ(fallback()->at, clock.now());
    reports_version("lamp", "2.0");
    EXPECT_FALSE(fallback());
    reports_version("lamp", "0.7");
    EXPECT_EQ(fallback()->upgrade, id);
    auto const again = taken("lamp");
    EXPECT_EQ(fallback()->upgrade, id);
    ASSERT_TRUE(say("lamp", again, Said::succeeded));
    EXPECT_FALSE(fallback());
}

TEST_F(Time, RecordsALimitedNumberOfVersionChangesAfterTheEnd) {
    auto const id = taken("lamp");
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    auto const entries = [&] {
        return saw([&](Tx const& tx) { return tx.timelines().of(id); }).size();
    };
    auto const before = entries();
    for (int i = 0; i < 150; ++i) {
        reports_version("lamp", "1.0");
        reports_version("lamp", "2.0");
    }
    EXPECT_EQ(entries(), before + 100);
}

// What the device channel asks before it makes a write transaction.
TEST_F(Time, KnowsWhetherADescriptionChangesAnything) {
    auto const would = [&](fleet::Attributes attributes) {
        SelfDescription const said{.attributes = std::move(attributes)};
        return read(*store, [&](Tx const& tx) {
            return would_describe(tx, Did{"lamp"}, said, "firmwareVersion");
        });
    };
    reports_version("lamp", "1.0");
    EXPECT_EQ(would({{"firmwareVersion", "1.0"}}), false);
    EXPECT_EQ(would({}), false);
    EXPECT_EQ(would({{"firmwareVersion", "1.5"}}), true);
    EXPECT_EQ(would({{"colour", "red"}}), true);
    EXPECT_EQ(would({{"", "no name"}}).error().code, Errc::invalid);
    fleet::Attributes many;
    for (int i = 0; i <= 100; ++i) many["key-" + std::to_string(i)] = "value";
    EXPECT_EQ(would(many).error().code, Errc::invalid);
    success_is_proven_by_version();
    auto const id = taken("lamp");
    EXPECT_EQ(would({{"firmwareVersion", "1.0"}}), false);
    // While it is verified, a third version ends the upgrade, also when it was reported before.
    reports_version("lamp", "1.5");
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    reports_version("lamp", "1.0");
    EXPECT_EQ(upgrade(id).state, State::verifying);
    EXPECT_EQ(would({{"firmwareVersion", "1.0"}}), false);
    EXPECT_EQ(would({{"firmwareVersion", "2.0"}}), true);
}

class Attributes : public Time {
protected:
    bool wanted() { return look_at("lamp").attributes_wanted; }
    // An upgrade that the device has taken and after which its attributes are known.
    UpgradeId told() {
        auto const id = taken("lamp");
        reports_version("lamp", "1.0");
        EXPECT_FALSE(wanted());
        return id;
    }
};

TEST_F(Attributes, AreWantedAgainAfterEveryEnd) {
    for (auto const said : {Said::failed, Said::rejected, Said::called_off}) {
        auto const id = told();
        ASSERT_TRUE(say("lamp", id, Said::working, "at work"));
        EXPECT_FALSE(wanted()) << "nothing has ended";
        ASSERT_TRUE(say("lamp", id, said));
        EXPECT_TRUE(wanted()) << static_cast<int>(said);
    }
    auto id = told();
    ASSERT_TRUE(cancel("lamp"));
    EXPECT_FALSE(wanted());
    ASSERT_TRUE(answer("lamp", id, CancelAnswer::agreed));
    EXPECT_TRUE(wanted()) << "cancelled";
    id = told();
    clock.advance(limits.stall_timeout);
    EXPECT_EQ(expire(), 1);
    EXPECT_TRUE(wanted()) << "timed out";
    reports_version("lamp", "1.0");
    ASSERT_TRUE(order("lamp"));
    clock.advance(limits.queue_timeout);
    EXPECT_EQ(expire(), 1);
    EXPECT_TRUE(wanted()) << "expired";
    id = told();
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_TRUE(wanted()) << "succeeded";
}

TEST_F(Attributes, AreWantedAgainWhenTheVersionProvesOrDisprovesTheUpgrade) {
    success_is_proven_by_version();
    ASSERT_TRUE(say("lamp", told(), Said::succeeded));
    EXPECT_TRUE(wanted());
    reports_version("lamp", "1.0");
    EXPECT_FALSE(wanted());
    reports_version("lamp", "1.7");
    EXPECT_TRUE(wanted());
    reports_version("lamp", "1.0");
    ASSERT_TRUE(say("lamp", told(), Said::succeeded));
    reports_version("lamp", "2.0");
    EXPECT_TRUE(wanted());
}

class Gateways : public Time {
protected:
    void SetUp() override {
        Time::SetUp();
        device("gateway");
        device("sub-1", "1.0", "gateway");
        device("sub-2", "1.0", "gateway");
    }
    Task task(std::string const& did) { return poll(did).task; }
    void finish(std::string const& did) {
        auto const id = active(did)->id;
        ASSERT_TRUE(fetch(did, id));
        ASSERT_TRUE(say(did, id, Said::succeeded));
    }
};

TEST_F(Gateways, AndTheirSubDevicesTakeTurns) {
    ASSERT_TRUE(order_everything());
    for (auto const* did : {"gateway", "sub-1", "sub-2"}) polled(did);
    EXPECT_EQ(task("sub-1"), Task::nothing);
    EXPECT_EQ(task("gateway"), Task::deploy);
    EXPECT_EQ(fetch("sub-1", active("sub-1")->id).error().code, Errc::not_found);
    EXPECT_EQ(say("sub-1", active("sub-1")->id, Said::succeeded).error().code, Errc::not_found);
    finish("gateway");
    EXPECT_EQ(task("sub-1"), Task::deploy);
    EXPECT_EQ(task("sub-2"), Task::nothing);
    finish("sub-1");
    EXPECT_EQ(task("sub-2"), Task::deploy);
}

TEST_F(Gateways, AreNotBlockedByTheSilent) {
    ASSERT_TRUE(order_everything());
    for (auto const* did : {"gateway", "sub-1"}) polled(did);
    clock.advance(3 * means.polling);
    EXPECT_EQ(task("sub-2"), Task::nothing);
    clock.advance(Millis{1});
    EXPECT_EQ(task("sub-2"), Task::deploy);
    ASSERT_TRUE(fetch("sub-2", active("sub-2")->id));
    // The others kept their place in the order, but a running upgrade is not interrupted.
    EXPECT_EQ(task("gateway"), Task::nothing);
    ASSERT_TRUE(say("sub-2", active("sub-2")->id, Said::succeeded));
    EXPECT_EQ(task("gateway"), Task::deploy);
}

TEST_F(Gateways, RunAsManySubDevicesAsAreAllowed) {
    limits.concurrent_per_gateway_max = 2;
    ASSERT_TRUE(order("sub-1"));
    ASSERT_TRUE(order("sub-2"));
    polled("sub-1");
    polled("sub-2");
    EXPECT_EQ(task("sub-1"), Task::deploy);
    EXPECT_EQ(task("sub-2"), Task::deploy);
}

}  // namespace
}  // namespace updraft::upgrade
