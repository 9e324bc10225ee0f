#include "push/backoff.h"

#include <gtest/gtest.h>

namespace updraft::push {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant noon{1'795'435'200'000};
constexpr Jitter middle{5'000};

struct PauseCase {
    std::string name;
    std::int64_t failures;
    Jitter jitter;
    Millis pause;
};
class Pause : public testing::TestWithParam<PauseCase> {};
TEST_P(Pause, FollowsTheSchedule) {
    EXPECT_EQ(pause_after({}, GetParam().failures, GetParam().jitter), GetParam().pause);
}
INSTANTIATE_TEST_SUITE_P(, Pause,
                         testing::Values(PauseCase{"First", 1, middle, seconds{5}},
                                         PauseCase{"Second", 2, middle, seconds{30}},
                                         PauseCase{"Third", 3, middle, minutes{2}},
                                         PauseCase{"Fourth", 4, middle, minutes{10}},
                                         PauseCase{"Fifth", 5, middle, minutes{30}},
                                         PauseCase{"Sixth", 6, middle, hours{1}},
                                         PauseCase{"Seventh", 7, middle, hours{2}},
                                         PauseCase{"Eighth", 8, middle, hours{4}},
                                         PauseCase{"TheLastRepeats", 99, middle, hours{4}},
                                         PauseCase{"AFifthLess", 1, Jitter{0}, seconds{4}},
                                         PauseCase{"AFifthMore", 1, Jitter{9'999}, Millis{5'999}}),
                         [](auto const& tested) { return tested.param.name; });

struct FateCase {
    std::string name;
    Failure failure;
    std::string outcome;
};
std::string words(AttemptOutcome const& outcome) {
    if (auto const* again = std::get_if<TryAgain>(&outcome)) {
        return "again after " + std::to_string((again->at - noon).count()) + " ms";
    }
    return std::holds_alternative<Dead>(outcome) ? "dead" : "dropped";
}
class AfterFailure : public testing::TestWithParam<FateCase> {};
TEST_P(AfterFailure, Decides) {
    EXPECT_EQ(words(after_failure({}, GetParam().failure, middle)), GetParam().outcome);
}
INSTANTIATE_TEST_SUITE_P(, AfterFailure,
                         testing::Values(FateCase{"AResultIsTriedAgain",
                                                  {.type = MsgType::result,
                                                   .tries = 0,
                                                   .since = noon,
                                                   .at = noon,
                                                   .retry_after = {}},
                                                  "again after 5000 ms"},
                                         FateCase{"RetryAfterIsHonoured",
                                                  {.type = MsgType::result,
                                                   .tries = 0,
                                                   .since = noon,
                                                   .at = noon,
                                                   .retry_after = minutes{20}},
                                                  "again after 1200000 ms"},
                                         FateCase{"ButNotBeyondAnHour",
                                                  {.type = MsgType::result,
                                                   .tries = 0,
                                                   .since = noon,
                                                   .at = noon,
                                                   .retry_after = hours{20}},
                                                  "again after 3600000 ms"},
                                         FateCase{"AndNeverHastensIt",
                                                  {.type = MsgType::result,
                                                   .tries = 1,
                                                   .since = noon,
                                                   .at = noon,
                                                   .retry_after = seconds{0}},
                                                  "again after 30000 ms"},
                                         FateCase{"TheLastTryBeforeItIsTooOld",
                                                  {.type = MsgType::result,
                                                   .tries = 20,
                                                   .since = noon - hours{68} + Millis{1},
                                                   .at = noon,
                                                   .retry_after = {}},
                                                  "again after 14400000 ms"},
                                         FateCase{"TooOldIsADeadLetter",
                                                  {.type = MsgType::result,
                                                   .tries = 20,
                                                   .since = noon - hours{68},
                                                   .at = noon,
                                                   .retry_after = {}},
                                                  "dead"},
                                         FateCase{"ANoticeToo",
                                                  {.type = MsgType::new_firmware,
                                                   .tries = 20,
                                                   .since = noon - hours{72},
                                                   .at = noon,
                                                   .retry_after = {}},
                                                  "dead"},
                                         FateCase{"ProgressIsTriedForAMinute",
                                                  {.type = MsgType::progress,
                                                   .tries = 0,
                                                   .since = noon - seconds{54},
                                                   .at = noon,
                                                   .retry_after = {}},
                                                  "again after 5000 ms"},
                                         FateCase{"AndThenForgotten",
                                                  {.type = MsgType::progress,
                                                   .tries = 0,
                                                   .since = noon - seconds{55},
                                                   .at = noon,
                                                   .retry_after = {}},
                                                  "dropped"}),
                         [](auto const& tested) { return tested.param.name; });

struct RetryAfterCase {
    std::string name;
    std::string text;
    std::optional<Millis> pause;
};
class RetryAfter : public testing::TestWithParam<RetryAfterCase> {};
TEST_P(RetryAfter, IsRead) { EXPECT_EQ(read_retry_after(GetParam().text, noon), GetParam().pause); }
INSTANTIATE_TEST_SUITE_P(
    , RetryAfter,
    testing::Values(RetryAfterCase{"Seconds", "120", seconds{120}},
                    RetryAfterCase{"Zero", "0", seconds{0}},
                    RetryAfterCase{"Huge", "99999999999999999999999", hours{24 * 365}},
                    RetryAfterCase{"ADate", "Mon, 23 Nov 2026 12:01:00 GMT", minutes{1}},
                    RetryAfterCase{"APastDate", "Mon, 23 Nov 2026 11:01:00 GMT", {}},
                    RetryAfterCase{"NotGmt", "Mon, 23 Nov 2026 12:01:00 CET", {}},
                    RetryAfterCase{"ADayThatIsNone", "Mon, 31 Nov 2026 12:01:00 GMT", {}},
                    RetryAfterCase{"Negative", "-5", {}}, RetryAfterCase{"AFraction", "1.5", {}},
                    RetryAfterCase{"Words", "soon", {}}, RetryAfterCase{"Nothing", "", {}}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::push
