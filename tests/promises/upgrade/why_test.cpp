#include "upgrade/why.h"

#include "ports/holds_table.h"
#include "ports/policies_table.h"
#include "scene.h"

namespace updraft::upgrade {
namespace {

class Explained : public Scene {
protected:
    Why why_of(std::string const& did, std::optional<ReleaseId> of = {}) {
        return saw([&](Tx const& tx) { return why(tx, means, Did{did}, of, clock.now()); });
    }
    std::optional<Reason> reason_of(std::string const& did, std::optional<ReleaseId> of = {}) {
        return why_of(did, of).holding.first();
    }
    std::optional<Held> waits(std::string const& did) {
        auto const queued = active(did).value();
        auto const all = saw([&](Tx const& tx) {
            return waiting_for(tx, means, std::span(&queued, 1), clock.now());
        });
        auto const found = all.find(queued.id);
        return found == all.end() ? std::nullopt : std::optional(found->second);
    }
    HoldId hold(std::optional<ReleaseId> release = {}) {
        HoldId id;
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(id, tx.holds().insert({.id = {},
                                              .model = std::nullopt,
                                              .release = release,
                                              .note = "bad day",
                                              .by = "admin",
                                              .created_at = clock.now()}));
            return {};
        });
        return id;
    }
    void lift(HoldId id) {
        wrote([&](Tx& tx) { return tx.holds().remove(id); });
    }
    void policy_of_user(std::string auto_upgrade, std::string open_hours = "") {
        policy::Policy const policy{.auto_upgrade = std::move(auto_upgrade),
                                    .upgrade_hours = std::move(open_hours),
                                    .time_zone = "+00:00",
                                    .changed_at = clock.now()};
        wrote([&](Tx& tx) { return tx.policies().put(OpenId{"user"}, Did{}, policy); });
    }
    Result<OrderOutcome> order_as_operator(std::string const& did,
                                           std::optional<ReleaseId> release = {},
                                           bool allow_older = false, bool forced = false) {
        OperatorOrder const wanted{
            .dids = {Did{did}}, .release = release, .allow_older = allow_older, .forced = forced};
        return write(*store,
                     [&](Tx& tx) { return order_by_operator(tx, means, wanted, clock.now()); });
    }
    std::string refusal(Result<OrderOutcome> const& outcome) {
        if (!outcome) return "error";
        return outcome->refused.empty() ? "" : outcome->refused.front().detail;
    }
};

TEST_F(Explained, ADeviceThatWasNeverOrderedForWaitsForAnOrder) {
    auto const id = release("2.0");
    device("lamp");
    // Before it polls, that comes first.
    EXPECT_EQ(reason_of("lamp"), Reason::not_polled);
    polled("lamp");
    auto const answer = why_of("lamp");
    EXPECT_EQ(answer.release, id);
    EXPECT_TRUE(answer.offered);
    ASSERT_TRUE(answer.held);
    EXPECT_EQ(answer.held->reason, Reason::not_ordered);
    EXPECT_EQ(answer.held->since, look_at("lamp").created_at);
}

TEST_F(Explained, AModelWithoutAReleaseSaysSo) {
    device("lamp");
    polled("lamp");
    EXPECT_EQ(why_of("lamp").release, std::nullopt);
    EXPECT_EQ(reason_of("lamp"), Reason::no_release);
    auto const id = release("2.0");
    withdraw(id);
    EXPECT_EQ(why_of("lamp").release, std::nullopt);
    EXPECT_EQ(reason_of("lamp", id), Reason::no_release);
}

TEST_F(Explained, AQueuedUpgradeWaitsForItsDevice) {
    release("2.0");
    device("lamp");
    clock.advance(std::chrono::seconds{5});
    ASSERT_TRUE(order("lamp"));
    auto const waiting = waits("lamp");
    ASSERT_TRUE(waiting);
    EXPECT_EQ(waiting->reason, Reason::not_polled);
    EXPECT_EQ(waiting->since, active("lamp")->created_at);
    EXPECT_EQ(reason_of("lamp"), Reason::active_upgrade);
    clock.advance(std::chrono::seconds{5});
    EXPECT_EQ(poll("lamp").task, Task::deploy);
    EXPECT_FALSE(waits("lamp"));
    // Once it runs it waits for nothing.
    ASSERT_TRUE(fetch("lamp", active("lamp")->id));
    EXPECT_FALSE(waits("lamp"));
    EXPECT_EQ(reason_of("lamp"), Reason::active_upgrade);
}

TEST_F(Explained, AnOlderReleaseIsOvertakenByWhatIsOffered) {
    auto const older = release("2.0");
    clock.advance(std::chrono::seconds{1});
    auto const newer = release("3.0");
    device("lamp");
    polled("lamp");
    EXPECT_EQ(reason_of("lamp", older), Reason::newer_version);
    EXPECT_FALSE(why_of("lamp", older).offered);
    EXPECT_EQ(why_of("lamp").release, newer);
    EXPECT_TRUE(why_of("lamp").offered);
}

TEST_F(Explained, AHoldStopsOffersOrdersAndHandingOutUntilItIsLifted) {
    auto const newest = release("2.0");
    for (auto const* did : {"queued", "idle", "running"}) device(did);
    auto const running = taken("running");
    ASSERT_TRUE(order("queued"));
    clock.advance(std::chrono::seconds{1});
    auto const id = hold(newest);
    // Nothing is offered, ordered or handed out.
    EXPECT_FALSE(why_of("idle").offered);
    EXPECT_EQ(reason_of("idle"), Reason::held);
    auto const refused = order("idle");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::nothing_to_upgrade);
    EXPECT_EQ(poll("queued").task, Task::nothing);
    EXPECT_EQ(waits("queued")->reason, Reason::held);
    EXPECT_EQ(waits("queued")->since, clock.now());
    EXPECT_FALSE(fetch("queued", active("queued")->id));
    EXPECT_EQ(refusal(order_as_operator("idle", newest, true)),
              text_of(Reason::held, true, Language::english));
    // What runs goes on.
    EXPECT_EQ(poll("running").task, Task::deploy);
    EXPECT_EQ(upgrade(running).state, State::offered);
    lift(id);
    EXPECT_TRUE(why_of("idle").offered);
    EXPECT_EQ(poll("queued").task, Task::deploy);
    EXPECT_TRUE(order("idle"));
}

TEST_F(Explained, AHeldReleaseLeavesTheOneBeforeItOnOffer) {
    auto const first = release("2.0");
    auto const second = release("3.0");
    device("lamp");
    hold(second);
    EXPECT_TRUE(why_of("lamp", first).offered);
    ASSERT_TRUE(order("lamp"));
    EXPECT_EQ(active("lamp")->release_id, first);
}

TEST_F(Explained, AnAvailabilityOfNobodyIsLikeAHoldOfThatRelease) {
    auto const id = release("2.0");
    for (auto const* did : {"queued", "idle"}) device(did);
    ASSERT_TRUE(order("queued"));
    wrote([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto found, tx.releases().find(id));
        found.availability = firmware::Availability::nobody;
        found.changed_at = clock.now();
        return tx.releases().replace(found);
    });
    EXPECT_EQ(reason_of("idle"), Reason::availability_nobody);
    EXPECT_FALSE(order("idle"));
    EXPECT_EQ(poll("queued").task, Task::nothing);
    EXPECT_EQ(waits("queued")->reason, Reason::availability_nobody);
}

TEST_F(Explained, AMemberThatIsHeldLetsTheOthersOfItsGatewayPass) {
    release("2.0");
    device("hub");
    for (auto const* sub : {"sub-1", "sub-2"}) device(sub, "1.0", "hub");
    policy_of_user("", "23:00-01:00");
    ASSERT_EQ(refusal(order_as_operator("sub-1")), "");
    polled("sub-1");
    clock.advance(Millis{1});
    ASSERT_TRUE(order("sub-2"));
    polled("sub-2");
    // The operator's order keeps to the user's hours; the user's own does not wait for it.
    EXPECT_EQ(waits("sub-1")->reason, Reason::upgrade_hours);
    EXPECT_EQ(poll("sub-2").task, Task::deploy);
}

TEST_F(Explained, AnOperatorsOrderKeepsToTheUsersHoursUnlessItIsForced) {
    release("2.0");
    for (auto const* did : {"kept", "forced", "own"}) device(did);
    policy_of_user("", "23:00-01:00");
    ASSERT_EQ(refusal(order_as_operator("kept")), "");
    ASSERT_EQ(refusal(order_as_operator("forced", {}, false, true)), "");
    ASSERT_TRUE(order("own"));
    EXPECT_EQ(poll("kept").task, Task::nothing);
    EXPECT_EQ(poll("forced").task, Task::deploy);
    EXPECT_EQ(poll("own").task, Task::deploy);
    auto const waiting = waits("kept");
    ASSERT_TRUE(waiting);
    EXPECT_EQ(waiting->reason, Reason::upgrade_hours);
    ASSERT_TRUE(waiting->next);
    clock.advance(*waiting->next - clock.now() - Millis{1});
    EXPECT_EQ(poll("kept").task, Task::nothing);
    clock.advance(Millis{1});
    EXPECT_EQ(poll("kept").task, Task::deploy);
}

TEST_F(Explained, TheWayBackInstallsAnOlderReleaseAndKeepsTheDeviceThere) {
    auto const older = release("2.0");
    auto const newest = release("3.0");
    device("lamp", "3.0");
    polled("lamp");
    EXPECT_NE(refusal(order_as_operator("lamp", older)), "");
    ASSERT_EQ(refusal(order_as_operator("lamp", older, true)), "");
    EXPECT_EQ(look_at("lamp").offers_after, newest);
    EXPECT_EQ(poll("lamp").task, Task::deploy);
    auto const id = active("lamp")->id;
    ASSERT_TRUE(fetch("lamp", id));
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_EQ(look_at("lamp").version, Version{"2.0"});
    // It is not offered what it was put back from, but what is released later.
    EXPECT_EQ(reason_of("lamp"), Reason::offers_after);
    EXPECT_FALSE(order("lamp"));
    release("4.0");
    EXPECT_TRUE(why_of("lamp").offered);
    ASSERT_TRUE(order("lamp"));
}

TEST_F(Explained, TheWayBackNeedsAReleaseOfTheModel) {
    device("lamp", "3.0");
    auto const id = release("2.0");
    withdraw(id);
    auto const withdrawn = order_as_operator("lamp", id, true);
    ASSERT_FALSE(withdrawn);
    EXPECT_EQ(withdrawn.error().code, Errc::invalid);
}

TEST_F(Explained, ADeviceThatNowRunsALaterReleaseGetsNoOlderOne) {
    release("2.0");
    device("lamp");
    ASSERT_TRUE(order("lamp"));
    release("3.0");
    // A later offer does not overtake what was ordered, but a later version of the device does.
    EXPECT_EQ(poll("lamp").task, Task::deploy);
    reports_version("lamp", "3.0");
    EXPECT_EQ(poll("lamp").task, Task::nothing);
    EXPECT_EQ(waits("lamp")->reason, Reason::newer_version);
}

}  // namespace
}  // namespace updraft::upgrade
