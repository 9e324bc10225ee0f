#include "usecases/rollouts.h"

#include <numeric>

#include "case_scene.h"
#include "firmware/looks_older.h"
#include "ports/operators_table.h"
#include "ports/policies_table.h"
#include "ports/rollouts_table.h"
#include "rollout/presets.h"
#include "usecases/preview_devices.h"
#include "usecases/release_firmware.h"
#include "usecases/withdraw_firmware.h"

namespace updraft::usecases {
namespace {

using rollout::State;
using staging::Act;

class ARollout : public CaseScene {
protected:
    static staging::ToCreate of(ReleaseId id) {
        staging::ToCreate wanted;
        wanted.release = id;
        wanted.plan = rollout::preset_plan("standard");
        return wanted;
    }
    RolloutId draft_of(ReleaseId id) {
        return act([&](Tx& tx) { return create_rollout(tx, actor, of(id), clock.now()); })
            .value()
            .id;
    }
    Result<rollout::Rollout> moved(RolloutId id, Act by, access::Actor const& person) {
        staging::Move const wanted{.id = id, .act = by};
        return act([&](Tx& tx) { return move_rollout(tx, means, person, wanted, clock.now()); });
    }
    Result<rollout::Rollout> moved(RolloutId id, Act by) { return moved(id, by, actor); }
    rollout::Rollout look_at_rollout(RolloutId id) {
        return saw([&](Tx const& tx) { return tx.rollouts().find(id); });
    }
    firmware::Availability availability(ReleaseId id) {
        return saw([&](Tx const& tx) { return tx.releases().find(id); }).availability;
    }
    access::Actor someone(std::string name, bool may_approve) {
        wrote([&](Tx& tx) {
            return tx.operators().insert({.name = name,
                                          .role = access::Role::releaser,
                                          .approve = may_approve,
                                          .created_at = clock.now()});
        });
        auto made = actor;
        made.name = std::move(name);
        return made;
    }
    void approvals_are_needed() {
        fleet::Model model;
        model.name = ModelName{"lamp"};
        model.approvals_min = 1;
        wrote([&](Tx& tx) { return tx.models().put(model); });
    }
    Result<Preview> preview(ReleaseId id, rollout::Mode mode = rollout::Mode::offer) {
        RolloutToPreview const wanted{
            .release = id, .mode = mode, .audience = {}, .plan = rollout::preset_plan("standard")};
        PreviewScan scan(*store, means, wanted, clock.now());
        auto last = scan.read_more();
        while (last && !*last) last = scan.read_more();
        return last ? Result<Preview>(scan.result()) : pass(last);
    }
};

TEST_F(ARollout, DecidesAboutItsReleaseFromItsStartAndKeepsItFromEverybodyWhenStopped) {
    auto const release_id = release("2.0");
    auto const id = draft_of(release_id);
    EXPECT_EQ(availability(release_id), firmware::Availability::everyone);
    ASSERT_TRUE(moved(id, Act::start));
    EXPECT_EQ(availability(release_id), firmware::Availability::rollout);
    ASSERT_TRUE(moved(id, Act::stop));
    EXPECT_EQ(availability(release_id), firmware::Availability::nobody);
    EXPECT_EQ(look_at_rollout(id).state, State::stopping);
}

TEST_F(ARollout, IsApprovedByNeitherItsAuthorNorAnEditorInAnyCaseOfTheirNames) {
    approvals_are_needed();
    auto const ann = someone("ann", true);
    auto const bob = someone("bob", true);
    auto const cem = someone("cem", true);
    auto const wanted = of(release("2.0"));
    auto const id =
        act([&](Tx& tx) { return create_rollout(tx, ann, wanted, clock.now()); }).value().id;
    auto const rename = [](rollout::Rollout& edited) -> Result<void> {
        edited.name = "x";
        return {};
    };
    ASSERT_TRUE(act([&](Tx& tx) { return change_rollout(tx, bob, id, rename, clock.now()); }));
    ASSERT_TRUE(moved(id, Act::submit, ann));
    auto shouting = ann;
    shouting.name = "ANN";
    for (auto const& person : {ann, shouting, bob, someone("dan", false)}) {
        EXPECT_EQ(moved(id, Act::approve, person).error().code, Errc::forbidden) << person.name;
    }
    EXPECT_EQ(moved(id, Act::approve, cem)->approved_by, "cem");
    EXPECT_EQ(look_at_rollout(id).state, State::running);
}

TEST_F(ARollout, IsStoppedByAWithdrawalAsFarAsThatSays) {
    using enum rollout::StopAction;
    for (auto const& [scope, action] : {std::pair{upgrade::Scope::queued, let_run},
                                        {upgrade::Scope::not_started, cancel_not_started},
                                        {upgrade::Scope::all, cancel_all}}) {
        auto const release_id = release("2." + std::to_string(static_cast<int>(scope)));
        auto const id = draft_of(release_id);
        ASSERT_TRUE(moved(id, Act::start));
        FirmwareToWithdraw const wanted{.id = release_id, .scope = scope};
        ASSERT_TRUE(
            act([&](Tx& tx) { return withdraw_firmware(tx, use, actor, wanted, clock.now()); }));
        EXPECT_EQ(look_at_rollout(id).state, State::stopping);
        EXPECT_EQ(look_at_rollout(id).plan.on_stop, action);
        EXPECT_EQ(moved(id, Act::resume).error().code, Errc::conflict);
    }
}

TEST_F(ARollout, IsNotMadeWhenItsReleaseFails) {
    auto const id =
        act([&](Tx& tx) {
            return firmware::draft(tx, {.model = ModelName{"lamp"}, .version = Version{"3.0"}},
                                   clock.now());
        })
            .value()
            .id;
    FirmwareToRelease const wanted{.id = id, .rollout = of(id)};
    auto const release_it = [&] {
        return act([&](Tx& tx) { return release_firmware(tx, use, actor, wanted, clock.now()); });
    };
    EXPECT_EQ(release_it().error().code, Errc::invalid);  // It has no file.
    EXPECT_FALSE(saw([&](Tx const& tx) { return tx.rollouts().open_of(id); }));
    ASSERT_TRUE(act([&](Tx& tx) {
        return firmware::attach(tx, id, firmware::Artifact{.bytes = 4, .digests = {}});
    }));
    auto const released = release_it();
    ASSERT_TRUE(released) << released.error().detail;
    EXPECT_EQ(released->rollout->state, State::running);
    EXPECT_EQ(released->release.availability, firmware::Availability::rollout);
    EXPECT_EQ(release_it()->release.id, id);
}

class APreview : public ARollout {
protected:
    static std::int64_t sum(Preview const& shown) {
        return std::accumulate(
            shown.excluded.begin(), shown.excluded.end(), shown.eligible,
            [](std::int64_t total, auto const& one) { return total + one.count; });
    }
};

TEST_F(APreview, CountsEachDeviceOnceAcrossReads) {
    constexpr int devices = 10'001;
    auto const id = release("2.0");
    wrote([&](Tx& tx) -> Result<void> {
        for (int i = 0; i < devices; ++i) {
            fleet::Device made;
            made.did = Did{"d" + std::to_string(i)};
            made.model = ModelName{"lamp"};
            made.version = Version{i % 10 == 0 ? "2.0" : "1.0"};
            made.token_digest = sha256(made.did.value);
            TRY(tx.devices().insert(made));
        }
        return {};
    });
    device("other");
    auto const shown = preview(id);
    ASSERT_TRUE(shown) << shown.error().detail;
    EXPECT_EQ(shown->audience, devices + 1);
    EXPECT_EQ(sum(*shown), shown->audience);
    ASSERT_EQ(shown->excluded.size(), 1U);
    EXPECT_EQ(shown->excluded[0].reason, Reason::already_on_version);
    EXPECT_EQ(shown->excluded[0].count, 1'001);
    EXPECT_EQ(shown->excluded[0].examples.size(), preview_examples_max);
    ASSERT_EQ(shown->waves.size(), 6U);
    EXPECT_EQ(shown->waves[0].devices, 10);
    EXPECT_EQ(shown->waves[1].devices, 100);
    EXPECT_LE(shown->waves[2].devices, 101);
    EXPECT_GE(shown->waves[2].devices, 100);
    EXPECT_NEAR(static_cast<double>(shown->waves[4].devices), 4'500, 200);
    EXPECT_EQ(shown->waves[5].devices, shown->eligible);
    for (auto const& wave : shown->waves) EXPECT_LE(wave.examples.size(), preview_examples_max);
    EXPECT_EQ(shown->bytes, 1'000 * shown->eligible);
}

TEST_F(APreview, CountsWhoWantsNothingByItselfOnlyWhereItStartsByItself) {
    auto const id = release("2.0");
    for (auto const* did : {"wants", "wants-not"}) device(did);
    wrote([&](Tx& tx) {
        return tx.policies().put(OpenId{"user"}, Did{"wants-not"}, {.auto_upgrade = "0"});
    });
    EXPECT_EQ(preview(id)->eligible, 2);
    auto const shown = preview(id, rollout::Mode::install);
    EXPECT_EQ(shown->eligible, 1);
    ASSERT_EQ(shown->excluded.size(), 1U);
    EXPECT_EQ(shown->excluded[0].reason, Reason::policy_off);
    EXPECT_EQ(shown->excluded[0].examples, std::vector{Did{"wants-not"}});
}

TEST_F(APreview, IsOfAFirmwareThatExistsAndIsNotWithdrawn) {
    EXPECT_EQ(preview(ReleaseId{77}).error().code, Errc::invalid);
    auto const id = release("2.0");
    withdraw(id);
    EXPECT_EQ(preview(id).error().code, Errc::conflict);
}

TEST(TheFirstDevices, AreThoseOfTheSmallestRanks) {
    FirstDevices first(3);
    for (auto const rank : {7, 3, 9, 1, 5, 8}) first.add(rank, Did{std::to_string(rank)});
    EXPECT_EQ(first.sorted(0, 5), (std::vector{Did{"1"}, Did{"3"}, Did{"5"}}));
    EXPECT_EQ(first.sorted(1, 1), std::vector{Did{"3"}});
    EXPECT_TRUE(first.sorted(3, 1).empty());
}

struct VersionCase {
    std::string name;
    std::string version;
    std::string newest;
    bool older;
};
class AVersion : public testing::TestWithParam<VersionCase> {};
TEST_P(AVersion, LooksOlderOnlyWhereBothAreDottedNumbers) {
    auto const& tested = GetParam();
    EXPECT_EQ(firmware::looks_older({tested.version}, {tested.newest}), tested.older);
}
INSTANTIATE_TEST_SUITE_P(, AVersion,
                         testing::Values(VersionCase{"Smaller", "1.9", "1.10", true},
                                         VersionCase{"Greater", "1.10", "1.9", false},
                                         VersionCase{"Same", "1.9", "1.9", false},
                                         VersionCase{"SameWithZeros", "1.9", "v1.9.0", false},
                                         VersionCase{"Shorter", "1.9", "1.9.1", true},
                                         VersionCase{"WithV", "v1.9", "1.10", true},
                                         VersionCase{"WithLetters", "1.9-rc", "1.10", false},
                                         VersionCase{"Words", "alpha", "beta", false},
                                         VersionCase{"Blank", "", "1.0", false}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::usecases
