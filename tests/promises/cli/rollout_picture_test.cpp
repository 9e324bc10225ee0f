// How a rollout is shown on a terminal, and as a line.

#include "cli/rollout_picture.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/rollout_watch.h"
#include "cli/text_width.h"

namespace updraft::cli {
namespace {

constexpr std::string_view running = R"({
  "id":7,"name":"Spring","firmwareId":"f1","deviceModel":"lamp","firmwareVersion":"2.0",
  "mode":"install","state":"running","reason":null,"wave":2,
  "waves":[
    {"name":"lab","target":10,"handedOut":10,"good":9,"bad":1,"silent":1,"unreached":0,"neutral":0,
     "state":"passed","soakUntil":null},
    {"name":null,"target":100,"handedOut":42,"good":30,"bad":0,"silent":0,"unreached":2,"neutral":0,
     "state":"soaking","soakUntil":"2026-11-30T06:00:00.000Z"},
    {"name":null,"target":null,"handedOut":0,"good":0,"bad":0,"silent":0,"unreached":0,"neutral":0,
     "state":"waiting","soakUntil":null}],
  "counts":{"audience":123456,"handedOut":52,"inFlight":8,"unproven":12,"good":39,"failed":0,
            "silent":1,"reverted":0,"unreached":2,"neutral":1,"userPulled":3},
  "gate":{"evidence":0.1,"haltAt":100,"good":39,"bad":1,"haltsAtBad":5},
  "nextStep":{"what":"open_wave","when":"2026-11-30T06:00:00.000Z",
              "because":"wave 2 of 3 soaks"}})";

RolloutView view_of(std::string_view body) {
    auto const view = read_rollout(body);
    EXPECT_TRUE(view) << (view ? "" : view.error().detail);
    return view.value_or(RolloutView{});
}

TEST(RolloutPicture, ShowsWavesCountsGateAndNextStep) {
    EXPECT_EQ(
        rollout_picture(view_of(running), 0),
        "rollout 7: lamp 2.0, mode install (Spring)\n"
        "state    running, wave 2 of 3\n"
        "wave                           handed out  good  bad  silent  unreached  state\n"
        "1 lab  [##################xx]  10 of 10    9     1    1       0          passed\n"
        "2      [######===-----------]  42 of 90    30    0    0       2          soaking until "
        "2026-11-30 06:00:00 UTC\n"
        "3      [--------------------]  0           0     0    0       0          waiting\n"
        "# good  = not settled  x bad  - free\n"
        "devices  123,456 in the audience > 52 handed out > 44 ended > 39 good\n"
        "         8 in flight, 12 unproven, 0 failed, 1 silent, 0 reverted, 2 unreached, "
        "1 neutral, 3 ordered by users\n"
        "gate     1 of 40 failed, halts at 5\n"
        "next     the next wave opens at 2026-11-30 06:00:00 UTC: wave 2 of 3 soaks\n");
}

TEST(RolloutPicture, IsOneLineWhereNothingCanBeRedrawn) {
    EXPECT_EQ(rollout_line(view_of(running)),
              "running, wave 2 of 3; 52 handed out, 39 good, 1 silent, 2 unreached; 1 of 40 "
              "failed, halts at 5; next: the next wave opens at 2026-11-30 06:00:00 UTC: wave 2 of "
              "3 soaks");
}

TEST(RolloutPicture, FitsTheTerminal) {
    for (auto const width : {20U, 40U, 80U}) {
        auto const text = rollout_picture(view_of(running), width);
        std::string_view rest = text;
        while (!rest.empty()) {
            auto const end = rest.find('\n');
            EXPECT_LE(columns_of(rest.substr(0, end)), width);
            rest.remove_prefix(end + 1);
        }
    }
}

TEST(RolloutPicture, SaysWhyItWasHalted) {
    auto view = view_of(running);
    view.state = "halted";
    view.reason = "failing_fast";
    view.failed = 2;
    EXPECT_NE(rollout_picture(view, 0).find("halted: failing fast, so many devices failed that it "
                                            "did not wait for the others (2 failed, 1 silent)\n"),
              std::string::npos);
    view.reason = "of_a_later_version";
    EXPECT_NE(rollout_picture(view, 0).find("halted: of a later version\n"), std::string::npos);
}

TEST(RolloutPicture, KeepsTextsOfOthersFromTheTerminal) {
    auto const view = view_of("{\"id\":1,\"name\":\"a\\u001b[2Jb\",\"state\":\"draft\"}");
    EXPECT_EQ(rollout_picture(view, 0).find('\x1b'), std::string::npos);
}

TEST(RolloutPicture, IsReadOfNothingElse) {
    EXPECT_FALSE(read_rollout("[]"));
    EXPECT_FALSE(read_rollout("{}"));
    EXPECT_FALSE(read_rollout(R"({"state":"running","waves":7})"));
}

struct BarCase {
    std::string name;
    WaveView wave;
    std::string bar;
};
class WaveBar : public testing::TestWithParam<BarCase> {};
TEST_P(WaveBar, HasACellForWhatIsThereAtAll) {
    RolloutView view;
    view.waves = {GetParam().wave};
    EXPECT_NE(rollout_picture(view, 0).find("[" + GetParam().bar + "]"), std::string::npos)
        << rollout_picture(view, 0);
}
INSTANTIATE_TEST_SUITE_P(
    , WaveBar,
    testing::Values(
        BarCase{"Free", {.target = 1'000}, "--------------------"},
        BarCase{"OneBadOfMany",
                {.target = 1'000'000, .handed_out = 1'000'000, .good = 999'999, .bad = 1},
                "###################x"},
        BarCase{"OneGoodOfMany",
                {.target = 1'000'000, .handed_out = 1, .good = 1},
                "#-------------------"},
        BarCase{"AllBad", {.target = 5, .handed_out = 5, .bad = 5}, "xxxxxxxxxxxxxxxxxxxx"},
        BarCase{
            "MoreThanThePlaces", {.target = 5, .handed_out = 7, .good = 7}, "####################"},
        BarCase{"NoPlaces", {.target = 0}, "--------------------"}),
    [](auto const& tested) { return tested.param.name; });

struct GateCase {
    std::string name;
    RolloutView view;
    std::string said;
};
class GateWords : public testing::TestWithParam<GateCase> {};
TEST_P(GateWords, SayHowFarItIsFromAHalt) {
    EXPECT_EQ(gate_in_words(GetParam().view), GetParam().said);
}
INSTANTIATE_TEST_SUITE_P(
    , GateWords,
    testing::Values(GateCase{"Nobody", {}, "nobody is judged yet"},
                    GateCase{"Enough",
                             {.judged_good = 37, .judged_bad = 3, .halts_at = 5},
                             "3 of 40 failed, halts at 5"},
                    GateCase{"TooFew",
                             {.judged_good = 0, .judged_bad = 1},
                             "1 of 1 failed, too few are judged to halt it"},
                    GateCase{"Many",
                             {.judged_good = 1'234'000, .judged_bad = 567, .halts_at = 25'000},
                             "567 of 1,234,567 failed, halts at 25,000"}),
    [](auto const& tested) { return tested.param.name; });

TEST(RolloutWatch, EndsWithTheRollout) {
    EXPECT_EQ(status_of_end("finished"), 0);
    EXPECT_EQ(status_of_end("halted"), 3);
    EXPECT_EQ(status_of_end("stopped"), 3);
    for (auto const* state :
         {"draft", "waiting_approval", "scheduled", "running", "paused", "stopping"}) {
        EXPECT_EQ(status_of_end(state), -1) << state;
    }
}

}  // namespace
}  // namespace updraft::cli
