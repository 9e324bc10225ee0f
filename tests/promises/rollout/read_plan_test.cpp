#include "rollout/read_plan.h"

#include <gtest/gtest.h>

#include "rollout/plan_changes.h"
#include "rollout/presets.h"
#include "rollout/write_plan.h"

namespace updraft::rollout {
namespace {

using namespace std::chrono_literals;

class OnlyBerlin final : public TimeZones {
public:
    [[nodiscard]] std::optional<ZoneSpan> span(std::string_view name, Instant) const override {
        if (name != "Europe/Berlin") return std::nullopt;
        return ZoneSpan{Instant{-1'000}, Instant{1'000}, 1h};
    }
};
OnlyBerlin const only_berlin;

Result<Plan> read_given_plan(std::string const& text, Mode mode = Mode::offer) {
    auto const value = json::read(text).value();
    return read_plan(&value, mode, only_berlin);
}

std::string complete(Plan const& plan) {
    std::string text;
    json::Writer out(text);
    write_plan(out, plan);
    return text;
}

TEST(APlan, ThatIsNotGivenIsTheStandard) {
    EXPECT_EQ(read_plan(nullptr, Mode::offer, only_berlin).value(), preset_plan("standard"));
    EXPECT_EQ(
        complete(preset_plan("standard")),
        R"({"preset":"standard","waves":[{"devices":10,"soak":"24h"},{"devices":100,"soak":"12h"},)"
        R"({"percent":1,"soak":"12h"},{"percent":10,"soak":"12h"},{"percent":50,"soak":"12h"},)"
        R"({"percent":100,"soak":"0s"}],"maxPerMinute":1000,"maxInFlight":20000,)"
        R"("firstUnproven":10,"failureLimitPercent":2,"falseAlarmPercent":1,)"
        R"("unreachedLimitPercent":20,"settleTime":"90m","silentAfter":"auto","revertWatch":"7d",)"
        R"("passShare":95,"maxHarmed":null,"onHalt":"cancel_not_started",)"
        R"("onStop":"cancel_not_started","install":"forced","window":null,)"
        R"("retry":{"times":1,"after":"1h"},"userMayPull":"open_waves"})");
}

TEST(APlan, IsAPresetOrWhatDiffersFromIt) {
    EXPECT_EQ(read_given_plan(R"("careful")").value(), preset_plan("careful"));
    EXPECT_EQ(read_given_plan("{}").value(), preset_plan("standard"));
    EXPECT_DOUBLE_EQ(read_given_plan(R"({"preset":"careful"})")->failure_limit_percent, 1);
    EXPECT_EQ(read_given_plan(R"({"settleTime":"30m","preset":"urgent"})")->settle_time, 30min);
    EXPECT_EQ(read_given_plan(R"({"preset":"urgent"})")->settle_time, 60min);
    EXPECT_EQ(read_given_plan(R"({"maxPerMinute":null,"silentAfter":"2h"})")->silent_after, 2h);
}

std::string const everything =
    R"({"preset":"urgent","waves":[{"name":"lab","devices":5,"soak":"1h"},{"devices":50},)"
    R"({"percent":0.5,"soak":"48h","approval":true},{"percent":100}],"maxPerMinute":60,)"
    R"("maxInFlight":7,"firstUnproven":3,"failureLimitPercent":0.1,"falseAlarmPercent":0.01,)"
    R"("unreachedLimitPercent":33.5,"settleTime":"1s","silentAfter":"10m","revertWatch":"2d",)"
    R"("passShare":50,"maxHarmed":4,"onHalt":"let_run","onStop":"cancel_all",)"
    R"("install":"attempt","window":{"days":["sat","sun"],"from":"22:00","to":"06:00",)"
    R"("zone":"Europe/Berlin"},"retry":{"times":0,"after":"5m"},"userMayPull":"never"})";

TEST(APlan, IsReadAsItIsWritten) {
    auto const plan = read_given_plan(everything, Mode::install).value();
    EXPECT_EQ(plan.waves[2].millionths, 5'000);
    EXPECT_TRUE(plan.waves[2].approval);
    EXPECT_EQ(plan.window->days, 0b1100000);
    EXPECT_EQ(read_given_plan(complete(plan), Mode::install).value(), plan);
    EXPECT_EQ(read_stored_plan(stored_plan(plan)).value(), plan);
}

TEST(AStoredPlan, RemembersWhetherWavesAndWindowWereGiven) {
    for (auto const* text : {R"({})", R"({"window":"any"})", R"({"preset":"urgent"})",
                             R"({"waves":[{"percent":100}]})"}) {
        auto const plan = read_given_plan(text).value();
        EXPECT_EQ(read_stored_plan(stored_plan(plan)).value(), plan) << text;
    }
    EXPECT_EQ(read_stored_plan("{}x").error().code, Errc::corrupt);
    EXPECT_EQ(read_stored_plan(R"({"settleTime":"5 years"})").error().code, Errc::corrupt);
}

struct BadPlan {
    std::string text;
    std::string named;
    Mode mode = Mode::offer;
};
class ABadPlan : public testing::TestWithParam<BadPlan> {};
TEST_P(ABadPlan, IsRefusedByTheNameOfItsMember) {
    auto const plan = read_given_plan(GetParam().text, GetParam().mode);
    ASSERT_FALSE(plan) << GetParam().text;
    EXPECT_EQ(plan.error().code, Errc::invalid);
    EXPECT_TRUE(plan.error().detail.starts_with(GetParam().named)) << plan.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    , ABadPlan,
    testing::Values(
        BadPlan{"7", "plan must"}, BadPlan{R"("brave")", "plan must be standard"},
        BadPlan{R"({"preset":"brave"})", "plan.preset must"},
        BadPlan{R"({"speed":1})", "plan.speed is unknown"},
        BadPlan{R"({"maxPerMinute":1,"maxPerMinute":2})", "plan.maxPerMinute was given twice"},
        BadPlan{R"({"maxPerMinute":0})", "plan.maxPerMinute must"},
        BadPlan{R"({"maxPerMinute":1000001})", "plan.maxPerMinute must"},
        BadPlan{R"({"maxPerMinute":"60"})", "plan.maxPerMinute must"},
        BadPlan{R"({"maxPerMinute":1.5})", "plan.maxPerMinute must"},
        BadPlan{R"({"maxInFlight":0})", "plan.maxInFlight must"},
        BadPlan{R"({"maxInFlight":10000001})", "plan.maxInFlight must"},
        BadPlan{R"({"firstUnproven":0})", "plan.firstUnproven must"},
        BadPlan{R"({"firstUnproven":100001})", "plan.firstUnproven must"},
        BadPlan{R"({"failureLimitPercent":0.09})", "plan.failureLimitPercent must"},
        BadPlan{R"({"failureLimitPercent":50.1})", "plan.failureLimitPercent must"},
        BadPlan{R"({"failureLimitPercent":1e400})", "plan.failureLimitPercent must"},
        BadPlan{R"({"falseAlarmPercent":0.009})", "plan.falseAlarmPercent must"},
        BadPlan{R"({"falseAlarmPercent":11})", "plan.falseAlarmPercent must"},
        BadPlan{R"({"unreachedLimitPercent":0})", "plan.unreachedLimitPercent must"},
        BadPlan{R"({"unreachedLimitPercent":101})", "plan.unreachedLimitPercent must"},
        BadPlan{R"({"settleTime":"0s"})", "plan.settleTime must"},
        BadPlan{R"({"settleTime":"31d"})", "plan.settleTime must"},
        BadPlan{R"({"settleTime":90})", "plan.settleTime must"},
        BadPlan{R"({"silentAfter":"soon"})", "plan.silentAfter must"},
        BadPlan{R"({"silentAfter":"31d"})", "plan.silentAfter must"},
        BadPlan{R"({"revertWatch":"91d"})", "plan.revertWatch must"},
        BadPlan{R"({"passShare":0})", "plan.passShare must"},
        BadPlan{R"({"passShare":101})", "plan.passShare must"},
        BadPlan{R"({"maxHarmed":0})", "plan.maxHarmed must"},
        BadPlan{R"({"maxHarmed":1000001})", "plan.maxHarmed must"},
        BadPlan{R"({"onHalt":"cancel"})", "plan.onHalt must"},
        BadPlan{R"({"onStop":1})", "plan.onStop must"},
        BadPlan{R"({"install":"soft"})", "plan.install must"},
        BadPlan{R"({"retry":1})", "plan.retry must"},
        BadPlan{R"({"retry":{"times":4}})", "plan.retry.times must"},
        BadPlan{R"({"retry":{"after":"0s"}})", "plan.retry.after must"},
        BadPlan{R"({"retry":{"often":true}})", "plan.retry.often is unknown"},
        BadPlan{R"({"userMayPull":"sometimes"})", "plan.userMayPull must"},
        BadPlan{R"({"userMayPull":"never"})", "plan.userMayPull cannot"},
        BadPlan{R"({})", "plan.window is missing", Mode::install},
        BadPlan{R"({"window":null})", "plan.window is missing", Mode::install},
        BadPlan{R"({"window":"all"})", "plan.window must"},
        BadPlan{R"({"window":{"to":"06:00"}})", "plan.window.from is missing"},
        BadPlan{R"({"window":{"from":"24:00","to":"06:00"}})", "plan.window.from must"},
        BadPlan{R"({"window":{"from":"22:00","to":"24:01"}})", "plan.window.to must"},
        BadPlan{R"({"window":{"from":"22:00","to":"22:00"}})", "plan.window: the window has no"},
        BadPlan{R"({"window":{"from":"22:00","to":"06:00","days":[]}})", "plan.window.days: the"},
        BadPlan{R"({"window":{"from":"22:00","to":"06:00","days":["monday"]}})",
                "plan.window.days must"},
        BadPlan{R"({"window":{"from":"22:00","to":"06:00","zone":"Mars"}})",
                "plan.window.zone must"},
        BadPlan{R"({"window":{"from":"22:00","to":"06:00","utc":1}})", "plan.window.utc is"}));
INSTANTIATE_TEST_SUITE_P(
    Waves, ABadPlan,
    testing::Values(
        BadPlan{R"({"waves":[]})", "plan.waves must"},
        BadPlan{R"({"waves":{"percent":100}})", "plan.waves must"},
        BadPlan{R"({"waves":[7]})", "plan.waves[0] must"},
        BadPlan{R"({"waves":[{}]})", "plan.waves[0] must have either"},
        BadPlan{R"({"waves":[{"devices":1,"percent":1}]})", "plan.waves[0] must have either"},
        BadPlan{R"({"waves":[{"devices":0},{"percent":100}]})", "plan.waves[0].devices must"},
        BadPlan{R"({"waves":[{"percent":0},{"percent":100}]})", "plan.waves[0].percent must"},
        BadPlan{R"({"waves":[{"percent":0.00005},{"percent":100}]})", "plan.waves[0].percent"},
        BadPlan{R"({"waves":[{"percent":100.1}]})", "plan.waves[0].percent must"},
        BadPlan{R"({"waves":[{"percent":50}]})", "plan.waves: the last wave"},
        BadPlan{R"({"waves":[{"devices":50}]})", "plan.waves: the last wave"},
        BadPlan{R"({"waves":[{"devices":10},{"devices":10},{"percent":100}]})",
                "plan.waves[1].devices must be more"},
        BadPlan{R"({"waves":[{"percent":10},{"percent":5},{"percent":100}]})",
                "plan.waves[1].percent must be more"},
        BadPlan{R"({"waves":[{"percent":10},{"devices":50},{"percent":100}]})",
                "plan.waves[1].devices: a wave that counts"},
        BadPlan{R"({"waves":[{"percent":100,"soak":"91d"}]})", "plan.waves[0].soak must"},
        BadPlan{R"({"waves":[{"percent":100,"soak":12}]})", "plan.waves[0].soak must"},
        BadPlan{R"({"waves":[{"percent":100,"approval":"yes"}]})", "plan.waves[0].approval must"},
        BadPlan{R"({"waves":[{"percent":100,"approval":true}]})", "plan.waves[0].approval: the"},
        BadPlan{R"({"waves":[{"percent":100,"name":7}]})", "plan.waves[0].name must"},
        BadPlan{R"({"waves":[{"percent":100,"size":7}]})", "plan.waves[0].size is unknown"}));

TEST(AnEditOfAPlan, ReplacesMembersAndNullGoesBackToThePreset) {
    auto const before = read_given_plan(everything, Mode::install).value();
    auto const patch = [&](std::string const& text) {
        auto const value = json::read(text).value();
        return patched_plan(before, value, Mode::install, only_berlin);
    };
    auto expected = before;
    expected.per_minute_max = 5;
    expected.harmed_max.reset();
    EXPECT_EQ(patch(R"({"maxPerMinute":5,"maxHarmed":null})").value(), expected);
    EXPECT_EQ(patch(R"({"waves":null})")->waves, preset_plan("urgent").waves);
    EXPECT_FALSE(patch(R"({"waves":null})")->waves_given);
    EXPECT_EQ(patch(R"("careful")").error().detail.substr(0, 11), "plan.window");
    EXPECT_FALSE(patch(R"({"window":null})"));
}

TEST(AnEditOfAPlan, ToAnotherPresetReplacesWhatWasNotDifferent) {
    auto const before = read_given_plan(R"({"settleTime":"2h","maxPerMinute":60})").value();
    auto const value = json::read(R"({"preset":"careful"})").value();
    auto const after = patched_plan(before, value, Mode::offer, only_berlin).value();
    EXPECT_EQ(after.settle_time, 2h);
    EXPECT_EQ(after.per_minute_max, 60);
    EXPECT_DOUBLE_EQ(after.failure_limit_percent, 1);
    EXPECT_EQ(after.waves, preset_plan("careful").waves);
}

struct EditCase {
    std::string text;
    std::string refused;  // The beginning of the detail; empty: allowed.
};
class AnEditWhileRunning : public testing::TestWithParam<EditCase> {};
TEST_P(AnEditWhileRunning, OnlyMakesItMoreCareful) {
    auto const before = read_given_plan(everything, Mode::install).value();
    auto const value = json::read(GetParam().text).value();
    auto const after = patched_plan(before, value, Mode::install, only_berlin).value();
    auto const allowed = may_change_while_running(before, after);
    EXPECT_EQ(allowed.has_value(), GetParam().refused.empty());
    if (allowed) return;
    EXPECT_EQ(allowed.error().code, Errc::conflict);
    EXPECT_TRUE(allowed.error().detail.starts_with(GetParam().refused)) << allowed.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    , AnEditWhileRunning,
    testing::Values(
        EditCase{R"({"maxPerMinute":59,"maxInFlight":6,"firstUnproven":1,"maxHarmed":3})", ""},
        EditCase{R"({"unreachedLimitPercent":10})", ""}, EditCase{"{}", ""},
        EditCase{R"({"waves":[{"name":"lab","devices":5,"soak":"2h"},{"devices":50,"soak":"1s"},)"
                 R"({"percent":0.5,"soak":"48h","approval":true},{"percent":100}]})",
                 ""},
        EditCase{R"({"waves":[{"name":"lab","devices":5,"soak":"1m"},{"devices":50},)"
                 R"({"percent":0.5,"soak":"48h","approval":true},{"percent":100}]})",
                 "plan.waves[0].soak can only become longer"},
        EditCase{R"({"waves":[{"name":"lab","devices":6,"soak":"1h"},{"devices":50},)"
                 R"({"percent":0.5,"soak":"48h","approval":true},{"percent":100}]})",
                 "plan.waves[0] can only change its soak"},
        EditCase{R"({"waves":[{"percent":100}]})", "plan.waves can only"},
        EditCase{R"({"maxPerMinute":61})", "plan.maxPerMinute can only become smaller"},
        EditCase{R"({"failureLimitPercent":0.2})", "plan.failureLimitPercent can only"},
        EditCase{R"({"maxHarmed":5})", "plan.maxHarmed can only"},
        EditCase{R"({"maxHarmed":null})", "plan.maxHarmed can only"},
        EditCase{R"({"settleTime":"2s"})", "plan: only"},
        EditCase{R"({"window":"any"})", "plan: only"},
        EditCase{R"({"preset":"careful"})", "plan"}));

TEST(AReleasePlan, HasAModeAndAPlan) {
    auto const release_plan = [](std::string const& text) {
        return read_release_plan(json::read_object(text).value(), only_berlin);
    };
    auto const plan = release_plan(R"({"mode":"install","plan":{"window":"any"}})").value();
    EXPECT_EQ(plan.mode, Mode::install);
    EXPECT_EQ(read_stored_release_plan(stored_release_plan(plan)).value(), plan);
    EXPECT_EQ(release_plan(R"({"mode":"offer"})")->plan, preset_plan("standard"));
    EXPECT_TRUE(release_plan("{}").error().detail.starts_with("releasePlan.mode"));
    EXPECT_TRUE(release_plan(R"({"mode":"install"})")
                    .error()
                    .detail.starts_with("releasePlan.plan.window"));
    EXPECT_TRUE(release_plan(R"({"mode":"offer","name":"x"})")
                    .error()
                    .detail.starts_with("releasePlan.name"));
}

}  // namespace
}  // namespace updraft::rollout
