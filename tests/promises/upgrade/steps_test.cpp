#include "scene.h"

#include "access/granting.h"

namespace updraft::upgrade {
namespace {

// Releases A, B, C and D, each of which installs only on the one before it.
class Steps : public Scene {
protected:
    void SetUp() override {
        Scene::SetUp();
        b_ = needing("B", "A");
        c_ = needing("C", "B");
        needing("D", "C");
        device("lamp", "A");
    }
    ReleaseId needing(std::string version, std::string required) {
        auto const id = release(std::move(version));
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto found, tx.releases().find(id));
            found.requires_version = {{std::move(required)}};
            return tx.releases().replace(found);
        });
        return id;
    }
    OrderId all_steps(std::string const& did = "lamp") {
        return write(*store,
                     [&](Tx& tx) {
                         return order_one(tx, means, who, {Did{did}, StepMode::all_steps},
                                          clock.now());
                     })
            .value();
    }
    UpgradeId take_next(std::string const& did = "lamp") {
        auto const id = active(did)->id;
        if (!fetch(did, id)) throw std::runtime_error("not handed out");
        return id;
    }
    // Fetches and installs the current step.
    void install(std::string const& did = "lamp") {
        clock.advance(Millis{10});
        auto const id = take_next(did);
        if (!say(did, id, Said::succeeded)) throw std::runtime_error("not reported");
    }
    std::vector<std::string> course_of(OrderId const& order_id, std::optional<Did> did = {}) {
        std::vector<std::string> course;
        RunningAsk const ask{
            .open_id = OpenId{"user"}, .did = did, .order_id = order_id, .after = {}, .limit = 2};
        auto page = ask;
        for (;;) {
            auto const found = saw([&](Tx const& tx) { return running(tx, page); });
            for (auto const& one : found) {
                course.push_back(one.from_version.value + one.version.value + ' ' +
                                 std::string(word(one.state)));
            }
            if (std::ssize(found) < page.limit) return course;
            page.after = found.back().id;
        }
    }
    std::vector<HistoryEntry> past(std::optional<OrderId> order_id = {}) {
        HistoryAsk ask;
        ask.open_id = OpenId{"user"};
        ask.order_id = std::move(order_id);
        return saw([&](Tx const& tx) { return history(tx, ask); });
    }

    ReleaseId b_;
    ReleaseId c_;
    using Course = std::vector<std::string>;
};

TEST_F(Steps, AreAnOrderEachByThemselves) {
    auto const first = order("lamp").value();
    install();
    EXPECT_FALSE(active("lamp"));
    auto const second = order("lamp").value();
    EXPECT_NE(second, first);
    install();
    ASSERT_TRUE(order("lamp"));
    install();
    EXPECT_EQ(look_at("lamp").version, Version{"D"});
    EXPECT_EQ(order("lamp").error().code, Errc::nothing_to_upgrade);
    EXPECT_EQ(course_of(first), Course{"AB succeeded"});
    EXPECT_EQ(past().size(), 3U);
}

TEST_F(Steps, AreAllTakenWithinOneOrder) {
    auto const ordered = all_steps();
    install();
    EXPECT_EQ(active("lamp")->order_id, ordered);
    EXPECT_EQ(course_of(ordered), (Course{"AB succeeded", "BC queued"}));
    EXPECT_EQ(order("lamp"), ordered);
    install();
    install();
    EXPECT_FALSE(active("lamp"));
    EXPECT_EQ(look_at("lamp").version, Version{"D"});
    Course const all{"AB succeeded", "BC succeeded", "CD succeeded"};
    EXPECT_EQ(course_of(ordered), all);
    EXPECT_EQ(course_of(ordered, Did{"lamp"}), all);
    auto const steps = past(ordered);
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[0].upgrade.version, Version{"D"});
    EXPECT_EQ(steps[2].upgrade.version, Version{"B"});
    EXPECT_TRUE(past(OrderId{"another"}).empty());
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 3U);
}

TEST_F(Steps, OfManyDevicesGoOnEachForItself) {
    device("other", "B");
    auto const ordered = order_everything(StepMode::all_steps).value();
    device("third", "A");
    auto const apart = all_steps("third");
    install("lamp");
    install("third");
    install("other");
    EXPECT_EQ(course_of(ordered),
              (Course{"AB succeeded", "BC succeeded", "BC queued", "CD queued"}));
    EXPECT_EQ(course_of(ordered, Did{"other"}), (Course{"BC succeeded", "CD queued"}));
    EXPECT_EQ(course_of(apart), (Course{"AB succeeded", "BC queued"}));
}

TEST_F(Steps, GoOnWithTheProofOfTheVersion) {
    success_is_proven_by_version();
    all_steps();
    install();
    EXPECT_EQ(active("lamp")->version, Version{"B"});
    reports_version("lamp", "B");
    EXPECT_EQ(active("lamp")->version, Version{"C"});
    EXPECT_EQ(active("lamp")->from_version, Version{"B"});
}

TEST_F(Steps, OrderedByAnOperatorGoOnAsWell) {
    OperatorOrder wanted;
    wanted.dids = {Did{"lamp"}};
    wanted.step_mode = StepMode::all_steps;
    auto const outcome =
        write(*store, [&](Tx& tx) { return order_by_operator(tx, means, wanted, clock.now()); });
    install();
    EXPECT_EQ(active("lamp")->order_id, outcome->order_id);
}

TEST_F(Steps, EndWithAFailure) {
    auto const ordered = all_steps();
    install();
    ASSERT_TRUE(say("lamp", take_next(), Said::failed, "no space left"));
    EXPECT_FALSE(active("lamp"));
    EXPECT_EQ(course_of(ordered), (Course{"AB succeeded", "BC failed"}));
    EXPECT_EQ(look_at("lamp").version, Version{"B"});
}

TEST_F(Steps, EndWithACancel) {
    auto const ordered = all_steps();
    install();
    EXPECT_EQ(cancel("lamp"), ordered);
    EXPECT_FALSE(active("lamp"));
    EXPECT_EQ(course_of(ordered), (Course{"AB succeeded", "BC cancelled"}));
}

TEST_F(Steps, EndWithASuccessThatACancelCameTooLateFor) {
    auto const ordered = all_steps();
    auto const id = take_next();
    ASSERT_TRUE(cancel("lamp"));
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_FALSE(active("lamp"));
    EXPECT_EQ(course_of(ordered), Course{"AB succeeded"});
}

TEST_F(Steps, GoOnWhenACancelWasRefused) {
    all_steps();
    auto const id = take_next();
    ASSERT_TRUE(cancel("lamp"));
    ASSERT_TRUE(answer("lamp", id, CancelAnswer::refused));
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_EQ(active("lamp")->version, Version{"C"});
}

TEST_F(Steps, EndWhereTheNextIsWithdrawn) {
    auto const ordered = all_steps();
    withdraw(c_);
    install();
    EXPECT_FALSE(active("lamp"));
    EXPECT_EQ(course_of(ordered), Course{"AB succeeded"});
}

TEST_F(Steps, EndWhenTheNextIsWithdrawnWhileItWaits) {
    auto const ordered = all_steps();
    install();
    withdraw(c_);
    EXPECT_FALSE(active("lamp"));
    EXPECT_EQ(course_of(ordered), (Course{"AB succeeded", "BC cancelled"}));
    EXPECT_EQ(past(ordered).front().upgrade.cause, "withdrawn");
}

TEST_F(Steps, EndWhenTheDeviceChangesHands) {
    auto const ordered = all_steps();
    install();
    wrote([&](Tx& tx) { return cancel_unbound(tx, means, Did{"lamp"}, clock.now()); });
    EXPECT_FALSE(active("lamp"));
    EXPECT_EQ(course_of(ordered), (Course{"AB succeeded", "BC cancelled"}));
}

TEST_F(Steps, EndWhenTheGrantOfTheirAppIsDeleted) {
    auto const ordered = all_steps();
    wrote([](Tx& tx) { return access::revoke(tx, {AppId{"app"}, OpenId{"user"}}); });
    install();
    EXPECT_FALSE(active("lamp"));
    EXPECT_EQ(look_at("lamp").version, Version{"B"}) << "the step that was under way goes on";
    EXPECT_EQ(course_of(ordered).size(), 1U);
}

TEST_F(Steps, EndWhenTheModelIsUpgradableNoMore) {
    all_steps();
    auto const id = take_next("lamp");
    fleet::Model model;
    model.name = ModelName{"lamp"};
    model.upgradable = false;
    wrote([&](Tx& tx) { return tx.models().put(model); });
    EXPECT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_FALSE(active("lamp"));
}

TEST_F(Steps, NeverLeadToAnOlderRelease) {
    release("E");
    needing("B2", "A");
    device("old", "A");
    all_steps("old");
    EXPECT_EQ(active("old")->version, Version{"B2"});
    install("old");
    EXPECT_FALSE(active("old"));
}

TEST_F(Steps, ThatAreSkippedAreNotTaken) {
    all_steps();
    auto const straight = release("E");  // Installs on every version.
    install();
    EXPECT_EQ(active("lamp")->release_id, straight);
    install();
    EXPECT_FALSE(active("lamp"));
}

}  // namespace
}  // namespace updraft::upgrade
