// Devices, users and time under a rollout: who takes a place, what becomes of it, and what stops
// the rollout.
#include "rollout_scene.h"

namespace updraft::staging {
namespace {

class ARunningRollout : public RolloutScene {};

TEST_F(ARunningRollout, TakesNoMoreDevicesThanItsFirstWaveAndItsProofAllow) {
    release("1.0");
    auto const newer = release("2.0");
    fleet_of(30);
    auto const id = begin_rollout(newer, Mode::install, a_plan({devices(20), percent(100)}));
    // One of a user in a count wave.
    EXPECT_EQ(all_fetch().size(), 1U);
    EXPECT_EQ(total(id).handed_out, 1);
    EXPECT_EQ(why_not(name(7), newer), Reason::wave_not_yet);
    expect_sums(id);
}

class AnInstallation : public RolloutScene {
protected:
    void SetUp() override {
        RolloutScene::SetUp();
        release("1.0");
        newer = release("2.0");
        fleet_of(40);
    }
    // Waves of percent, in which one user may have several places.
    void begins(rollout::Plan plan) { id = begin_rollout(newer, Mode::install, std::move(plan)); }
    void begins() { begins(a_plan({percent(100)})); }

    ReleaseId newer;
    RolloutId id;
};

TEST_F(AnInstallation, GrowsOnlyByProof) {
    begins();
    auto const first = all_fetch();
    EXPECT_EQ(first.size(), 10U);
    EXPECT_EQ(why_not(name(39), newer), Reason::no_room);
    pass(minutes{5});
    for (auto const& [did, upgrade] : first) ASSERT_TRUE(say(did, upgrade, Report::succeeded));
    clock.advance(minutes{1});
    EXPECT_TRUE(all_fetch().empty());
    pass(minutes{90});
    EXPECT_EQ(total(id).good, 10);
    EXPECT_EQ(all_fetch().size(), 10U);
    expect_sums(id);
}

TEST_F(AnInstallation, OfABuildThatAlwaysFailsStopsAtTen) {
    begins();
    for (auto const& [did, upgrade] : all_fetch()) {
        ASSERT_TRUE(say(did, upgrade, Report::failed, "flash write error"));
    }
    step();
    auto const halted = look_at(id);
    EXPECT_EQ(halted.state, State::halted);
    EXPECT_EQ(halted.reason, rollout::HaltReason::failing_fast);
    EXPECT_EQ(availability(newer), firmware::Availability::nobody);
    EXPECT_TRUE(all_fetch().empty());
    EXPECT_EQ(total(id).failed, 10);
    EXPECT_EQ(why_not(name(39), newer), Reason::halted);
    auto const rows = saw([](Tx const& tx) { return tx.audit().list({}, {}); });
    EXPECT_EQ(rows.items.front().entry.actor.action, "haltRollout");
    expect_sums(id);
}

TEST_F(AnInstallation, OfABuildThatSilencesDevicesStopsAtTen) {
    begins();
    for (auto const& [did, upgrade] : all_fetch()) serve(upgrade, 0, 1'000);
    pass(minutes{59});
    EXPECT_EQ(look_at(id).state, State::running);
    pass(minutes{10});
    EXPECT_EQ(look_at(id).state, State::halted);
    EXPECT_EQ(total(id).silent, 10);
    expect_sums(id);
}

TEST_F(AnInstallation, TakesBackASilenceThatEnds) {
    auto plan = a_plan({percent(100)});
    plan.first_unproven = 1;
    begins(std::move(plan));
    auto const fetched = all_fetch();
    ASSERT_EQ(fetched.size(), 1U);
    auto const& [did, upgrade] = *fetched.begin();
    serve(upgrade, 0, 1'000);
    pass(minutes{70});
    EXPECT_EQ(place(id, did)->judged, Judged::silent);
    polled(did);
    pass(minutes{1});
    EXPECT_EQ(place(id, did)->judged, Judged::unsettled);
    EXPECT_EQ(total(id).silent, 0);
    expect_sums(id);
}

TEST_F(AnInstallation, CallsNobodySilentAfterAGapInServing) {
    begins();
    for (auto const& [did, upgrade] : all_fetch()) serve(upgrade, 0, 1'000);
    clock.advance(hours{5});  // The server was away.
    step();
    EXPECT_EQ(total(id).silent, 0);
    pass(minutes{50});
    EXPECT_EQ(total(id).silent, 0);
    pass(minutes{20});
    EXPECT_EQ(total(id).silent, 10);
}

TEST_F(AnInstallation, TakesAPlaceBackThatIsNotUsedAndLeavesNoTrace) {
    begins();
    auto const linked = polls(name(0));
    ASSERT_TRUE(linked);
    EXPECT_EQ(total(id).taken, 1);
    auto const order = upgrade(*linked).order_id;
    pass(minutes{16});
    EXPECT_EQ(total(id).taken, 0);
    EXPECT_FALSE(active(name(0)));
    EXPECT_FALSE(saw([&](Tx const& tx) { return tx.orders().find(order); }));
    EXPECT_TRUE(messages(name(0), push::MsgType::result).empty());
    EXPECT_TRUE(fetches(name(0)));
    expect_sums(id);
}

TEST_F(AnInstallation, RepeatsAFailedDownloadOnceAndThenCallsTheDeviceUnreached) {
    begins();
    auto const first = fetches(name(0));
    ASSERT_TRUE(say(name(0), *first, Report::failed, "download failed"));
    EXPECT_EQ(place(id, name(0))->judged, Judged::unsettled);
    EXPECT_FALSE(polls(name(0)));
    EXPECT_EQ(why_not(name(0), newer), Reason::retry_later);
    pass(minutes{59});
    polled(name(0));
    pass(minutes{2});
    auto const second = fetches(name(0));
    ASSERT_TRUE(second);
    ASSERT_TRUE(say(name(0), *second, Report::failed, "download failed"));
    EXPECT_EQ(place(id, name(0))->judged, Judged::unreached);
    EXPECT_EQ(total(id).bad(), 0);
    pass(hours{2});
    EXPECT_FALSE(fetches(name(0)));
    expect_sums(id);
}

TEST_F(AnInstallation, CountsADeviceThatFallsBackByItsOwnReportOnly) {
    begins();
    auto const fetched = all_fetch();
    for (auto const& [did, upgrade] : fetched) ASSERT_TRUE(say(did, upgrade, Report::succeeded));
    clock.advance(minutes{1});
    for (auto const& [did, upgrade] : fetched) polled(did);
    pass(minutes{95});
    ASSERT_EQ(total(id).good, 10);
    // An operator writes another version: that proves nothing.
    wrote([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto changed, tx.devices().find(Did{name(0)}));
        changed.version = Version{"1.0"};
        return tx.devices().replace(changed);
    });
    EXPECT_EQ(total(id).reverted, 0);
    auto const another = std::next(fetched.begin())->first;
    reports_version(another, "1.0");
    EXPECT_EQ(place(id, another)->judged, Judged::reverted);
    EXPECT_EQ(total(id).reverted, 1);
    expect_sums(id);
}

TEST_F(AnInstallation, LeavesOutOfTheSumsWhatProvesNothing) {
    begins();
    auto const first = fetches(name(0));
    ASSERT_TRUE(say(name(0), *first, Report::rejected));
    auto const second = fetches(name(1));
    ASSERT_TRUE(second);
    ASSERT_TRUE(cancel(name(1)));
    ASSERT_TRUE(answer(name(1), *second, upgrade::CancelAnswer::agreed));
    auto const sums = total(id);
    EXPECT_EQ(sums.neutral, 2);
    EXPECT_EQ(sums.handed_out, 0);
    EXPECT_EQ(sums.taken, 0);
    // Nobody is taken twice by itself.
    EXPECT_FALSE(polls(name(0)));
    expect_sums(id);
}

TEST_F(AnInstallation, WaitsWhileItIsPausedAndLetsGoOnWhoHasIt) {
    begins();
    auto const first = fetches(name(0));
    auto const linked = polls(name(1));
    ASSERT_TRUE(first && linked);
    wrote(
        [&](Tx& tx) { return move(tx, means, {.id = id, .act = Act::pause}, "ann", clock.now()); });
    EXPECT_FALSE(polls(name(1)));
    EXPECT_EQ(waits_for(name(1)), Reason::paused);
    EXPECT_FALSE(polls(name(2)));
    EXPECT_EQ(why_not(name(2), newer), Reason::paused);
    EXPECT_TRUE(say(name(0), *first, Report::succeeded));
}

TEST_F(AnInstallation, AsksWhoHasNotBegunToInstallToStopWhenItHalts) {
    auto plan = a_plan({percent(100)});
    plan.harmed_max = 1;
    begins(std::move(plan));
    auto const fetched = all_fetch();
    auto at = fetched.begin();
    auto const failing = *at++;
    auto const downloading = *at++;
    auto const installing = *at++;
    serve(downloading.second, 0, 10);
    serve(installing.second, 0, 1'000);
    ASSERT_TRUE(say(installing.first, installing.second, Report::working));
    ASSERT_TRUE(say(failing.first, failing.second, Report::failed, "broken"));
    step();
    step();
    EXPECT_EQ(look_at(id).reason, rollout::HaltReason::harmed);
    EXPECT_EQ(upgrade(downloading.second).state, upgrade::State::cancelling);
    EXPECT_EQ(upgrade(installing.second).state, upgrade::State::installing);
}

TEST_F(AnInstallation, OfWavesPassesThemOneAfterTheOtherAndEnds) {
    begins(a_plan({percent(10), percent(100, Millis{0})}));
    std::size_t in_first_wave = 0;
    for (int round = 0; round < 60 && look_at(id).state == State::running; ++round) {
        for (auto const& [did, upgrade] : all_fetch()) {
            ASSERT_TRUE(say(did, upgrade, Report::succeeded));
            if (look_at(id).wave == std::size_t{0}) ++in_first_wave;
        }
        pass(minutes{30});
    }
    EXPECT_LE(in_first_wave, 4U);
    EXPECT_EQ(look_at(id).state, State::finished);
    EXPECT_EQ(total(id).taken, 40);
    EXPECT_EQ(availability(newer), firmware::Availability::everyone);
    expect_sums(id);
    // A late device is served on.
    device(name(40));
    EXPECT_TRUE(fetches(name(40)));
}

TEST_F(AnInstallation, IsReplacedByThatOfANewerRelease) {
    begins();
    auto const older = polls(name(0));
    ASSERT_TRUE(older);
    auto const newest = release("3.0");
    auto const later = begin_rollout(newest, Mode::install, a_plan({percent(100)}));
    auto const linked = polls(name(0));
    ASSERT_TRUE(linked);
    EXPECT_EQ(upgrade(*linked).release_id, newest);
    EXPECT_EQ(total(id).taken, 0);
    EXPECT_EQ(total(later).taken, 1);
}

TEST_F(AnInstallation, CountsWhatUsersOrderWithoutGivingThemAPlaceInAWave) {
    auto plan = a_plan({percent(100)});
    plan.first_unproven = 1;
    plan.user_may_pull = rollout::UserMayPull::always;
    begins(std::move(plan));
    ASSERT_TRUE(order(name(0)));
    ASSERT_TRUE(order(name(1)));
    ASSERT_TRUE(fetches(name(0)));
    EXPECT_EQ(place(id, name(0))->wave, 0);
    EXPECT_EQ(total(id).unproven(), 1);
    EXPECT_FALSE(polls(name(1)));
    EXPECT_EQ(waits_for(name(1)), Reason::no_room);
    EXPECT_FALSE(polls(name(2)));
    expect_sums(id);
}

TEST_F(AnInstallation, KeepsUsersFromOrderingWhereItsPlanSaysSo) {
    auto plan = a_plan({percent(100)});
    plan.user_may_pull = rollout::UserMayPull::never;
    begins(std::move(plan));
    EXPECT_EQ(offered(name(0)), "");
    EXPECT_FALSE(order(name(0)));
    EXPECT_TRUE(polls(name(0)));
}

TEST_F(AnInstallation, LeavesAloneWhoseUserWantsNothingToStartByItself) {
    begins();
    wrote([&](Tx& tx) {
        return tx.policies().put(OpenId{"user"}, Did{name(0)},
                                 {.auto_upgrade = "0", .changed_at = clock.now()});
    });
    EXPECT_FALSE(polls(name(0)));
    EXPECT_EQ(why_not(name(0), newer), Reason::policy_off);
}

TEST_F(AnInstallation, NeverTellsAppsOfNewFirmware) {
    begins();
    auto const tell = [&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto const here, tx.devices().find(Did{name(0)}));
        return outbox.tell_offer(tx, here, clock.now());
    };
    wrote(tell);
    EXPECT_TRUE(messages(name(0), push::MsgType::new_firmware).empty());
}

class AnOffer : public RolloutScene {
protected:
    void SetUp() override {
        RolloutScene::SetUp();
        release("1.0");
        release("1.5");
        newer = release("2.0");
        fleet_of(40);
        id = begin_rollout(newer, Mode::offer, a_plan({devices(4), percent(100)}));
    }
    ReleaseId newer;
    RolloutId id;
};

TEST_F(AnOffer, ReachesTheFirstDevicesOfItsOrderAndLeavesOthersWhatTheyHad) {
    std::vector<std::string> reached;
    for (int i = 0; i < fleet_; ++i) {
        auto const version = offered(name(i));
        EXPECT_TRUE(version == "2.0" || version == "1.5");
        if (version == "2.0") reached.push_back(name(i));
    }
    ASSERT_EQ(reached.size(), 4U);
    ASSERT_TRUE(order(reached.front()));
    ASSERT_TRUE(fetches(reached.front()));
    EXPECT_EQ(place(id, reached.front())->wave, 1);
    // Nothing starts by itself.
    EXPECT_FALSE(polls(reached.back()));
    expect_sums(id);
}

TEST_F(AnOffer, OfAllDevicesOrdersForEachWhatItIsOffered) {
    ASSERT_TRUE(order_everything());
    int of_newer = 0;
    for (int i = 0; i < fleet_; ++i) {
        auto const upgrade = active(name(i));
        ASSERT_TRUE(upgrade);
        if (upgrade->release_id == newer) ++of_newer;
    }
    EXPECT_EQ(of_newer, 4);
}

}  // namespace
}  // namespace updraft::staging
