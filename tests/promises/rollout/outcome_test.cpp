#include "rollout/outcome.h"

#include <gtest/gtest.h>

#include "rollout/presets.h"

namespace updraft::rollout {
namespace {

using namespace std::chrono_literals;
using UpgradeState = upgrade::State;

constexpr Instant start{1'000'000'000};
Rhythm const every_five_minutes{.polling = 5min, .gap_p99 = {}};

Plan const& standard_plan() {
    static Plan const plan = preset_plan("standard");
    return plan;
}

Tempo const tempo{.silence = 60min, .settle = 90min, .served_since = Instant{0}};

// A place of the first wave, handed out at the start.
Place handed_out() {
    Place place;
    place.wave = 1;
    return when_handed_out(when_taken(place, every_five_minutes, start), tempo, start);
}

struct OutcomeCase {
    std::string name;
    Signs signs;
    Millis later;  // Since the hand-out.
    Judged judged;
    bool aligned = false;
};
class OutcomeOfAPlace : public testing::TestWithParam<OutcomeCase> {};
TEST_P(OutcomeOfAPlace, IsWhatTheContractSays) {
    auto const& tested = GetParam();
    auto const place =
        when_looked_at(handed_out(), standard_plan(), tempo, tested.signs, start + tested.later);
    EXPECT_EQ(word_in(judged_words, place.judged), word_in(judged_words, tested.judged));
    EXPECT_EQ(place.aligned, tested.aligned);
    EXPECT_EQ(place.judged_at.has_value(), tested.judged != Judged::unsettled);
}

Signs succeeded(Millis at, std::optional<Instant> heard_at) {
    return {.state = UpgradeState::succeeded,
            .ended_at = start + at,
            .has_all_bytes = true,
            .heard_at = heard_at};
}
Signs failed(std::string_view cause, bool has_all_bytes = true) {
    return {.state = UpgradeState::failed,
            .cause = cause,
            .ended_at = start + 10min,
            .has_all_bytes = has_all_bytes,
            .heard_at = start + 10min};
}
Signs active(UpgradeState state, bool has_all_bytes, Millis heard) {
    return {
        .state = state, .ended_at = {}, .has_all_bytes = has_all_bytes, .heard_at = start + heard};
}
Signs over_mqtt() {
    auto signs = succeeded(10min, start + 10min);
    signs.success_is_a_sign = true;
    return signs;
}
Signs gone() { return {.state = {}, .ended_at = {}, .heard_at = start + 1min}; }

INSTANTIATE_TEST_SUITE_P(
    , OutcomeOfAPlace,
    testing::Values(
        OutcomeCase{"GoodWhenHeardOfAndSettled", succeeded(10min, start + 15min), 90min,
                    Judged::good},
        OutcomeCase{"NotGoodBeforeTheSettleTime", succeeded(10min, start + 15min), 90min - 1ms,
                    Judged::unsettled},
        OutcomeCase{"NotGoodByItsOwnReportAlone", succeeded(60min, start + 60min), 100min,
                    Judged::unsettled},
        OutcomeCase{"GoodByItsReportOverMqtt", over_mqtt(), 90min, Judged::good},
        OutcomeCase{"SilentAfterItsSuccess", succeeded(10min, start + 10min), 70min,
                    Judged::silent},
        OutcomeCase{"NotSilentAMomentBefore", succeeded(10min, start + 10min), 70min - 1ms,
                    Judged::unsettled},
        OutcomeCase{"SilentWithAllBytes", active(UpgradeState::installing, true, 10min), 70min,
                    Judged::silent},
        OutcomeCase{"SilentAndSettled", active(UpgradeState::downloaded, true, 10min), 90min,
                    Judged::silent, true},
        OutcomeCase{"NeverSilentWithoutAllBytes", active(UpgradeState::downloading, false, 10min),
                    23h, Judged::unsettled},
        OutcomeCase{"NotSilentWhileItSpeaks", active(UpgradeState::installing, true, 80min), 90min,
                    Judged::unsettled},
        OutcomeCase{"FailedAtOnce", failed("write_failed: disk"), 10min, Judged::failed},
        OutcomeCase{"FailedAndSettled", failed("device_error"), 90min, Judged::failed, true},
        OutcomeCase{"FailedByATimeOutWithAllBytes", failed("timeout"), 24h, Judged::failed, true},
        OutcomeCase{"ToBeRetriedAfterALostDownload", failed("download_failed", false), 10min,
                    Judged::unsettled},
        OutcomeCase{"ToBeRetriedAfterATimeOutWithoutAllBytes", failed("timeout", false), 24h,
                    Judged::unsettled},
        OutcomeCase{"NeutralWhenRejected", failed("rejected"), 10min, Judged::neutral},
        OutcomeCase{"NeutralWhenCancelled",
                    {.state = UpgradeState::cancelled,
                     .cause = "unbound",
                     .ended_at = start,
                     .heard_at = {}},
                    10min,
                    Judged::neutral},
        OutcomeCase{
            "NeutralWhenExpired",
            {.state = UpgradeState::expired, .cause = "expired", .ended_at = start, .heard_at = {}},
            10min,
            Judged::neutral},
        OutcomeCase{"NeutralWhenTheDeviceWasRemoved", gone(), 10min, Judged::neutral}),
    [](auto const& tested) { return tested.param.name; });

TEST(ASilentPlace, IsTakenBackWhenItSpeaks) {
    auto const silent =
        when_looked_at(handed_out(), standard_plan(), tempo,
                       active(UpgradeState::installing, true, 10min), start + 91min);
    ASSERT_EQ(silent.judged, Judged::silent);
    EXPECT_EQ(tally_of(silent).aligned_bad, 1);

    auto const back =
        when_looked_at(silent, standard_plan(), tempo,
                       active(UpgradeState::installing, true, 100min), start + 100min);
    EXPECT_EQ(back.judged, Judged::unsettled);
    EXPECT_EQ(tally_of(back).bad(), 0);
    EXPECT_EQ(tally_of(back).aligned_bad, 0);

    auto const good = when_looked_at(silent, standard_plan(), tempo,
                                     succeeded(100min, start + 105min), start + 106min);
    EXPECT_EQ(good.judged, Judged::good);
}

TEST(ASilentPlace, StaysSilentWhileItDoesNotSpeakWhateverElseHappens) {
    auto const silent =
        when_looked_at(handed_out(), standard_plan(), tempo,
                       active(UpgradeState::installing, true, 10min), start + 91min);
    auto const look = [&](Signs signs, Tempo const& at) {
        signs.heard_at = start + 10min;
        return when_looked_at(silent, standard_plan(), at, signs, start + 26h).judged;
    };
    EXPECT_EQ(
        look({.state = UpgradeState::cancelled, .cause = "cancelled", .ended_at = start + 25h},
             tempo),
        Judged::silent);
    EXPECT_EQ(look({.state = {}}, tempo), Judged::silent);
    auto restarted = tempo;
    restarted.served_since = start + 26h;
    EXPECT_EQ(look(active(UpgradeState::installing, true, 10min), restarted), Judged::silent);
    EXPECT_EQ(look(failed("timeout"), tempo), Judged::failed);
}

TEST(ASilence, CountsOnlyWhileTheServerServed) {
    auto restarted = tempo;
    restarted.served_since = start + 65min;
    auto const signs = active(UpgradeState::installing, true, 10min);
    auto const look = [&](Millis later) {
        return when_looked_at(handed_out(), standard_plan(), restarted, signs, start + later);
    };
    EXPECT_EQ(look(124min).judged, Judged::unsettled);
    EXPECT_EQ(look(124min).check_at, start + 125min);
    EXPECT_EQ(look(125min).judged, Judged::silent);
}

TEST(ATimeOut, ThatAGapInServingCausedIsNeutral) {
    auto restarted = tempo;
    restarted.served_since = start + 24h;
    auto signs = failed("timeout: no sign of life");
    signs.ended_at = start + 24h;
    auto const look = [&](Place const& place) {
        return when_looked_at(place, standard_plan(), restarted, signs, start + 24h).judged;
    };
    EXPECT_EQ(look(handed_out()), Judged::neutral);
    // One that was silent before the gap is bad.
    auto const silent =
        when_looked_at(handed_out(), standard_plan(), tempo,
                       active(UpgradeState::installing, true, 10min), start + 91min);
    EXPECT_EQ(look(silent), Judged::silent);
}

TEST(ATransportFailure, IsRetriedAsOftenAsThePlanSaysAndIsThenUnreached) {
    auto const lost = failed("download_failed", false);
    auto const first = when_looked_at(handed_out(), standard_plan(), tempo, lost, start + 10min);
    EXPECT_EQ(first.retry_at, start + 10min + 1h);
    EXPECT_FALSE(first.in_flight);
    EXPECT_EQ(tally_of(first).unproven(), 1);

    auto retried = when_tried_again(first, UpgradeId{12}, every_five_minutes, start + 70min);
    EXPECT_TRUE(retried.in_flight);
    EXPECT_EQ(retried.retry_at, std::nullopt);
    retried = when_handed_out(retried, tempo, start + 71min);
    auto again = lost;
    again.ended_at = start + 80min;
    auto const second = when_looked_at(retried, standard_plan(), tempo, again, start + 80min);
    EXPECT_EQ(second.judged, Judged::unreached);
    EXPECT_EQ(second.retry_at, std::nullopt);
    EXPECT_FALSE(second.aligned);
    EXPECT_EQ(second.check_at, start + 71min + 90min);
    auto const settled = when_looked_at(second, standard_plan(), tempo, again, *second.check_at);
    EXPECT_TRUE(settled.aligned);
    EXPECT_EQ(tally_of(settled).aligned_unreached, 1);
    EXPECT_EQ(settled.check_at, std::nullopt);
}

TEST(ATransportFailure, OfAnUpgradeThatAUserOrderedIsNotRetried) {
    auto place = handed_out();
    place.wave = 0;
    auto const after = when_looked_at(place, standard_plan(), tempo,
                                      failed("download_failed", false), start + 10min);
    EXPECT_EQ(after.judged, Judged::unreached);
}

TEST(ASuccessfulRetry, CountsAsGood) {
    auto const lost = when_looked_at(handed_out(), standard_plan(), tempo,
                                     failed("download_failed", false), start + 10min);
    auto retried =
        when_handed_out(when_tried_again(lost, UpgradeId{12}, every_five_minutes, start + 70min),
                        tempo, start + 70min);
    auto const signs = succeeded(80min, start + 85min);
    retried = when_looked_at(retried, standard_plan(), tempo, signs, start + 100min);
    EXPECT_EQ(retried.judged, Judged::unsettled);
    retried = when_looked_at(retried, standard_plan(), tempo, signs, *retried.check_at);
    EXPECT_EQ(retried.judged, Judged::good);
    EXPECT_EQ(retried.check_at, std::nullopt);
}

struct RevertCase {
    std::string name;
    Judged judged;
    Reported reported;
    Millis after_success;
    bool reverts;
};
class AReportedVersion : public testing::TestWithParam<RevertCase> {};
TEST_P(AReportedVersion, RevertsOnlyWithinTheWatch) {
    auto place = handed_out();
    place.judged = GetParam().judged;
    place.succeeded_at = start + 10min;
    auto const at = start + 10min + GetParam().after_success;
    EXPECT_EQ(reverts(place, standard_plan(), GetParam().reported, at), GetParam().reverts);
}
INSTANTIATE_TEST_SUITE_P(
    , AReportedVersion,
    testing::Values(RevertCase{"AnotherTwoDaysLater", Judged::good, Reported::other, 48h, true},
                    RevertCase{"BeforeItSettled", Judged::unsettled, Reported::other, 1min, true},
                    RevertCase{"AfterTheWatch", Judged::good, Reported::other, 24h * 7, false},
                    RevertCase{"TheTarget", Judged::good, Reported::target, 48h, false},
                    RevertCase{"ALaterOne", Judged::good, Reported::later, 48h, false},
                    RevertCase{"AnOrderedOne", Judged::good, Reported::ordered, 48h, false},
                    RevertCase{"OfOneThatFailed", Judged::failed, Reported::other, 48h, false}),
    [](auto const& tested) { return tested.param.name; });

TEST(ARevertedPlace, IsBadForGood) {
    auto place = handed_out();
    place.succeeded_at = start + 10min;
    place.judged = Judged::good;
    place.in_flight = false;
    auto const reverted = when_reverted(place, tempo, start + 48h);
    EXPECT_EQ(tally_of(reverted).reverted, 1);
    EXPECT_EQ(tally_of(reverted).good, 0);
    EXPECT_EQ(tally_of(reverted).aligned_bad, 1);
    auto const later = when_looked_at(reverted, standard_plan(), tempo,
                                      succeeded(10min, start + 49h), start + 49h);
    EXPECT_EQ(later.judged, Judged::reverted);
    EXPECT_EQ(later.check_at, std::nullopt);
}

TEST(APlace, GoesBackWhenItIsNotHandedOutWithinThreeIntervals) {
    Place place;
    place.wave = 1;
    place = when_taken(place, every_five_minutes, start);
    EXPECT_EQ(place.check_at, start + 15min);
    EXPECT_FALSE(goes_back(place, every_five_minutes, start + 15min - 1ms));
    EXPECT_TRUE(goes_back(place, every_five_minutes, start + 15min));
    EXPECT_FALSE(goes_back(when_handed_out(place, tempo, start), every_five_minutes, start + 1h));
    place.wave = 0;
    EXPECT_FALSE(goes_back(place, every_five_minutes, start + 1h));
}

TEST(APlace, ThatIsNotHandedOutIsNeutralWhenItsUpgradeEnds) {
    Place place;
    place.wave = 1;
    place = when_taken(place, every_five_minutes, start);
    Signs const skipped{.state = UpgradeState::failed, .cause = "skipped", .ended_at = start};
    auto const after = when_looked_at(place, standard_plan(), tempo, skipped, start + 1min);
    EXPECT_EQ(after.judged, Judged::neutral);
    EXPECT_EQ(tally_of(after), (Tally{.neutral = 1}));
}

// Whoever only acts at check_at sees each place settle.
TEST(ALookAtEachCheck, SettlesEveryPlace) {
    std::vector<Signs> const all{succeeded(10min, start + 15min), succeeded(10min, start + 10min),
                                 active(UpgradeState::installing, true, 10min),
                                 failed("write_failed"), failed("timeout")};
    for (auto const& signs : all) {
        auto place = handed_out();
        int looks = 0;
        while (place.check_at && looks < 10) {
            place = when_looked_at(place, standard_plan(), tempo, signs, *place.check_at);
            ++looks;
        }
        EXPECT_LT(looks, 5);
        EXPECT_EQ(tally_of(place).settled(), 1);
    }
}

struct LimitCase {
    std::string name;
    std::optional<Millis> silent_after;
    Rhythm rhythm;
    Millis silence;
    Millis settle;
};
class LimitsOfAModel : public testing::TestWithParam<LimitCase> {};
TEST_P(LimitsOfAModel, FollowItsRhythm) {
    auto plan = preset_plan("standard");
    plan.silent_after = GetParam().silent_after;
    EXPECT_EQ(silence_limit(plan, GetParam().rhythm), GetParam().silence);
    EXPECT_EQ(settle_time(plan, GetParam().rhythm), GetParam().settle);
}
INSTANTIATE_TEST_SUITE_P(
    , LimitsOfAModel,
    testing::Values(LimitCase{"Auto", {}, {5min, {}}, 60min, 90min},
                    LimitCase{"AutoWithShortGaps", {}, {5min, 20min}, 60min, 90min},
                    LimitCase{"AutoWithLongGaps", {}, {5min, 45min}, 90min, 135min},
                    LimitCase{"OfADailyPoll", {}, {24h, {}}, 72h, 108h},
                    LimitCase{"Given", 30min, {5min, 45min}, 30min, 90min},
                    LimitCase{"NeverBelowThreePolls", 1s, {5min, {}}, 15min, 90min}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::rollout
