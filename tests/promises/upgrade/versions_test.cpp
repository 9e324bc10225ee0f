// A device reports its version: in any spelling, in any state of its upgrade.
#include "scene.h"

#include "ports/timelines_table.h"
#include "upgrade/open.h"
#include "upgrade/report_version.h"

namespace updraft::upgrade {
namespace {

constexpr auto* says_v2 = R"({"format":"esp-idf","version":"v2.0.0-7-gabc"})";

struct TargetCase {
    std::string name;
    std::string reported;
};
class TheTarget : public Scene, public testing::WithParamInterface<TargetCase> {
protected:
    void SetUp() override {
        Scene::SetUp();
        success_is_proven_by_version();
        release("1.0");
        release_of(
            {.version = "2.0.0", .image = says_v2, .reported_as = {Version{"factory build 7"}}});
        device("lamp", "v1.0");
    }
    bool offered() { return order("lamp").has_value(); }
};
TEST_P(TheTarget, IsProvenInAnySpellingAndOfferedNoMore) {
    auto const id = taken("lamp");
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    ASSERT_EQ(upgrade(id).state, State::verifying);
    reports_version("lamp", "1.0");
    ASSERT_EQ(upgrade(id).state, State::verifying);
    reports_version("lamp", GetParam().reported);
    EXPECT_EQ(upgrade(id).state, State::succeeded);
    EXPECT_FALSE(offered());
    auto const line = saw([&](Tx const& tx) { return tx.timelines().of(id); });
    reports_version("lamp", GetParam().reported);
    auto const lamp = look_at("lamp");
    EXPECT_FALSE(saw([&](Tx const& tx) { return fallback_of(tx, lamp); }));
    EXPECT_EQ(saw([&](Tx const& tx) { return tx.timelines().of(id); }), line);
    EXPECT_FALSE(offered());
}
TEST_P(TheTarget, IsProvenBeforeTheClosingReportToo) {
    reports_version("lamp", "1.0");
    auto const id = taken("lamp");
    ASSERT_TRUE(say("lamp", id, Said::downloaded));
    reports_version("lamp", GetParam().reported);
    EXPECT_EQ(upgrade(id).state, State::succeeded);
    EXPECT_EQ(upgrade(id).progress, 100);
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
}
INSTANTIATE_TEST_SUITE_P(, TheTarget,
                         testing::Values(TargetCase{"AsReleased", "2.0.0"},
                                         TargetCase{"WithV", "v2.0.0"},
                                         TargetCase{"WithBlanks", " 2.0.0\n"},
                                         TargetCase{"AsDeclared", "factory build 7"},
                                         TargetCase{"AsTheFileSays", "v2.0.0-7-gabc"},
                                         TargetCase{"AsTheFileSaysWithoutV", "2.0.0-7-gabc"}),
                         [](auto const& tested) { return tested.param.name; });

struct StateCase {
    std::string name;
    std::vector<Said> said;
    State before;
    bool fetched = true;
    bool cancelled = false;
};
class AnyState : public Scene, public testing::WithParamInterface<StateCase> {};
TEST_P(AnyState, IsOverWhenTheTargetIsReported) {
    auto const& tested = GetParam();
    release("2.0");
    device("gateway");
    device("lamp", "1.0", "gateway");
    ASSERT_TRUE(order("lamp"));
    auto const id = active("lamp")->id;
    ASSERT_EQ(tested.fetched && !fetch("lamp", id), false);
    for (auto const said : tested.said) ASSERT_TRUE(say("lamp", id, said));
    ASSERT_EQ(tested.cancelled && !cancel("lamp"), false);
    ASSERT_EQ(upgrade(id).state, tested.before);
    reports_version("lamp", "1.0");
    reports_version("lamp", "1.5");
    ASSERT_EQ(upgrade(id).state, tested.before);
    reports_version("lamp", "v2.0");
    EXPECT_EQ(upgrade(id).state, State::succeeded);
    EXPECT_EQ(look_at("lamp").installed, id);
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
    EXPECT_EQ(poll("lamp").task, Task::nothing);
}
INSTANTIATE_TEST_SUITE_P(
    , AnyState,
    testing::Values(StateCase{"Queued", {}, State::queued, false},
                    StateCase{"Offered", {}, State::offered},
                    StateCase{"Downloading", {Said::downloading}, State::downloading},
                    StateCase{"Downloaded", {Said::downloaded}, State::downloaded},
                    StateCase{"Installing", {Said::downloaded, Said::working}, State::installing},
                    StateCase{"Cancelling", {Said::downloading}, State::cancelling, true, true},
                    StateCase{"CancellingAnInstallation",
                              {Said::downloaded, Said::working},
                              State::cancelling,
                              true,
                              true}),
    [](auto const& tested) { return tested.param.name; });

class Versions : public Scene {
protected:
    void installs(std::string const& did) {
        auto const id = taken(did);
        ASSERT_TRUE(say(did, id, Said::succeeded));
    }
    std::optional<Fallback> fallback() {
        auto const lamp = look_at("lamp");
        return saw([&](Tx const& tx) { return fallback_of(tx, lamp); });
    }
};

// The operator's word proves nothing, but the device's own word does, even if it repeats it.
TEST_F(Versions, AreProvenByTheDeviceAlone) {
    success_is_proven_by_version();
    release("2.0");
    device("lamp");
    auto const id = taken("lamp");
    auto set = look_at("lamp");
    set.version = Version{"2.0"};
    wrote([&](Tx& tx) { return tx.devices().replace(set); });
    EXPECT_EQ(upgrade(id).state, State::offered);
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_EQ(upgrade(id).state, State::verifying);
    SelfDescription said;
    said.attributes = {{"firmwareVersion", "2.0"}};
    EXPECT_TRUE(saw(
        [&](Tx const& tx) { return would_describe(tx, Did{"lamp"}, said, "firmwareVersion"); }));
    reports_version("lamp", "2.0");
    EXPECT_EQ(upgrade(id).state, State::succeeded);
}

// Of a device that ran the target when it was ordered, the version tells nothing.
TEST_F(Versions, OfAReinstallationProveNothing) {
    auto const newest = release("2.0");
    device("lamp", "v2.0");
    auto again = saw([&](Tx const& tx) { return tx.releases().find(newest); });
    auto const lamp = look_at("lamp");
    wrote([&](Tx& tx) -> Result<void> {
        auto opened = queued(lamp, again, OrderId{"order"}, limits, clock.now());
        TRY(tx.upgrades().open(opened));
        return {};
    });
    auto const id = active("lamp")->id;
    ASSERT_TRUE(fetch("lamp", id));
    reports_version("lamp", "2.0");
    EXPECT_EQ(upgrade(id).state, State::offered);
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_EQ(upgrade(id).state, State::succeeded);
}

constexpr auto* says_dirty = R"({"format":"esp-idf","version":"v1.0-dirty"})";

// Several releases whose files say the same: the one that was installed last is meant, also when
// the others were released after the report.
TEST_F(Versions, ThatSeveralFilesSayMeanTheReleaseThatWasInstalled) {
    release_of({.version = "1.9", .image = says_dirty});
    device("lamp", "0.9");
    release_of({.version = "2.0", .image = says_dirty});
    installs("lamp");
    reports_version("lamp", "v1.0-dirty");
    EXPECT_EQ(look_at("lamp").version, Version{"2.0"});
    EXPECT_FALSE(fallback());
    EXPECT_FALSE(order("lamp"));
    release_of({.version = "3.0", .image = says_dirty});
    EXPECT_TRUE(order("lamp"));
}

// The device reported the same text before the upgrade, so it proves nothing.
TEST_F(Versions, ThatTheFilesOfBothReleasesSayProveNothing) {
    for (bool const verified : {false, true}) {
        if (verified) success_is_proven_by_version();
        std::string const did = verified ? "verified" : "lamp";
        auto const version = [&](std::string text) { return text + (verified ? "-b" : "-a"); };
        device(did, "0.9");
        release_of({.version = version("2.0"), .image = says_dirty});
        auto const first = taken(did);
        reports_version(did, "v1.0-dirty");
        ASSERT_EQ(upgrade(first).state, State::succeeded);
        release_of({.version = version("2.1"), .image = says_dirty});
        auto const id = taken(did);
        reports_version(did, "1.0-dirty");
        EXPECT_EQ(upgrade(id).state, State::offered);
        ASSERT_TRUE(say(did, id, Said::succeeded));
        EXPECT_EQ(upgrade(id).state, verified ? State::verifying : State::succeeded);
        reports_version(did, "v1.0-dirty");
        EXPECT_EQ(upgrade(id).state, verified ? State::verifying : State::succeeded);
    }
}

TEST_F(Versions, ThatFilesOfLaterReleasesSayTooProveTheTarget) {
    success_is_proven_by_version();
    device("lamp", "0.9");
    release_of({.version = "2.0", .image = says_dirty});
    auto const id = taken("lamp");
    release_of({.version = "2.1", .image = says_dirty});
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    reports_version("lamp", "v1.0-dirty");
    EXPECT_EQ(upgrade(id).state, State::succeeded);
    EXPECT_TRUE(order("lamp"));
}

TEST_F(Versions, ThatAreANameOfTheOldReleaseProveNothing) {
    success_is_proven_by_version();
    release_of({.version = "16", .image = R"({"format":"zigbee","version":"0x00000010"})"});
    device("lamp", "16");
    release_of({.version = "22", .image = R"({"format":"zigbee","version":"0x00000016"})"});
    auto const id = taken("lamp");
    reports_version("lamp", "16");
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_EQ(upgrade(id).state, State::verifying);
    reports_version("lamp", "16");
    EXPECT_EQ(upgrade(id).state, State::verifying);
    reports_version("lamp", "22");
    EXPECT_EQ(upgrade(id).state, State::succeeded);
}

TEST_F(Versions, OfTwoFilesInTwoNotationsProveNothing) {
    device("lamp", "1.0");
    release_of({.version = "rel-b", .image = R"({"format":"zigbee","version":"0x00000010"})"});
    installs("lamp");
    reports_version("lamp", "16");
    release_of({.version = "rel-a", .image = R"({"format":"zigbee","version":"0x00000016"})"});
    auto const id = taken("lamp");
    reports_version("lamp", "16");
    EXPECT_EQ(upgrade(id).state, State::offered);
    reports_version("lamp", "22");
    EXPECT_EQ(upgrade(id).state, State::succeeded);
}

// What the new release's file says too, but without its build number.
TEST_F(Versions, ThatAreANameOfTheOldReleaseAreAFallback) {
    release_of({.version = "1.2.3", .image = R"({"format":"mcuboot","version":"1.2.3+4"})"});
    device("lamp", "1.2.3");
    release_of({.version = "1.2.3+5", .image = R"({"format":"mcuboot","version":"1.2.3+5"})"});
    installs("lamp");
    reports_version("lamp", "1.2.3+5");
    EXPECT_FALSE(fallback());
    reports_version("lamp", "1.2.3");
    EXPECT_EQ(look_at("lamp").version, Version{"1.2.3"});
    EXPECT_TRUE(fallback());
    EXPECT_TRUE(order("lamp"));
}

TEST_F(Versions, AreAThirdOneInNoSpellingOfTheOthers) {
    success_is_proven_by_version();
    release("2.0");
    device("lamp", "1.0");
    auto const id = taken("lamp");
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    reports_version("lamp", " v1.0 ");
    EXPECT_EQ(upgrade(id).state, State::verifying);
    reports_version("lamp", "v1.1");
    EXPECT_EQ(upgrade(id).state, State::failed);
    EXPECT_EQ(upgrade(id).cause, "version_mismatch: the device reports v1.1");
}

TEST_F(Versions, FallBackInAnySpelling) {
    release_of({.version = "1.0", .reported_as = {Version{"b1"}}});
    release("2.0");
    device("lamp", "b1");
    installs("lamp");
    reports_version("lamp", "v2.0");
    EXPECT_FALSE(fallback());
    reports_version("lamp", "v1.0");
    ASSERT_TRUE(fallback());
    auto const line = saw([&](Tx const& tx) { return tx.timelines().of(fallback()->upgrade); });
    EXPECT_EQ(line.back().text, "the device fell back: it reports version v1.0");
    EXPECT_TRUE(order("lamp"));
}

TEST_F(Versions, AreTrimmedAndIgnoredWithControlCharacters) {
    device("lamp", "1.0");
    reports_version("lamp", " 1.1\r\n");
    EXPECT_EQ(look_at("lamp").version, Version{"1.1"});
    reports_version("lamp", "  ");
    reports_version("lamp", "1\n2");
    reports_version("lamp", "1.2\u202e");
    EXPECT_EQ(look_at("lamp").version, Version{"1.1"});
}

TEST_F(Versions, AreOrderedForAllDevicesWhateverTheSpelling) {
    release("1.0");
    release_of({.version = "2.0", .requires_version = {Version{"1.0"}}});
    device("a", "1.0");
    device("b", "v1.0");
    device("c", "V2.0");
    ASSERT_TRUE(order_everything());
    EXPECT_EQ(active("a")->version, Version{"2.0"});
    EXPECT_EQ(active("b")->version, Version{"2.0"});
    EXPECT_FALSE(active("c"));
}

}  // namespace
}  // namespace updraft::upgrade
