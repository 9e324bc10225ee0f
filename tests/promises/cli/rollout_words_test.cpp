// The short texts for waves and windows.

#include "cli/rollout_words.h"

#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

struct WordCase {
    std::string name;
    std::string text;
    std::string json;  // Empty: it is refused.
};
class Waves : public testing::TestWithParam<WordCase> {};
TEST_P(Waves, AreWrittenShort) {
    auto const json = waves_as_json(GetParam().text);
    EXPECT_EQ(json.value_or(""), GetParam().json);
    if (!json) {
        EXPECT_NE(json.error().detail.find("is no wave such as"), std::string::npos);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , Waves,
    testing::Values(
        WordCase{"DevicesAndPercents", "10,100,1%,2.5%,100%",
                 R"([{"devices":10},{"devices":100},{"percent":1},{"percent":2.5},)"
                 R"({"percent":100}])"},
        WordCase{"Soaks", "10:24h, 100%:1s",
                 R"([{"devices":10,"soak":"24h"},{"percent":100,"soak":"1s"}])"},
        WordCase{"Approvals", "10:24h:approval,20:approval:1h,100%:approval",
                 R"([{"devices":10,"soak":"24h","approval":true},)"
                 R"({"devices":20,"approval":true,"soak":"1h"},{"percent":100,"approval":true}])"},
        WordCase{"Nothing", "", ""}, WordCase{"AnEmptyWave", "10,,100%", ""},
        WordCase{"AWord", "all", ""}, WordCase{"HalfADevice", "2.5", ""},
        WordCase{"ALeadingZero", "010", ""}, WordCase{"APointAtTheEnd", "2.%", ""},
        WordCase{"AnEmptySoak", "10:", ""}, WordCase{"TwoSoaks", "10:1h:2h", ""},
        WordCase{"TwoApprovals", "10:approval:approval", ""}, WordCase{"ASign", "-5", ""}),
    [](auto const& tested) { return tested.param.name; });

class WindowText : public testing::TestWithParam<WordCase> {};
TEST_P(WindowText, IsWrittenShort) {
    auto const json = window_as_json(GetParam().text);
    EXPECT_EQ(json.value_or(""), GetParam().json);
    if (!json) {
        EXPECT_NE(json.error().detail.find("must be any, or"), std::string::npos);
    }
}
constexpr auto const* every_day = R"({"days":["mon","tue","wed","thu","fri","sat","sun"],)";
INSTANTIATE_TEST_SUITE_P(
    , WindowText,
    testing::Values(
        WordCase{"Any", "any", R"("any")"},
        WordCase{"Hours", "22:00-06:00",
                 every_day + std::string(R"("from":"22:00","to":"06:00","zone":"device"})")},
        WordCase{"AZone", "22:00-06:00,+08:00",
                 every_day + std::string(R"("from":"22:00","to":"06:00","zone":"+08:00"})")},
        WordCase{"Days", "mon-wed,09:00-17:30,Europe/Berlin",
                 R"({"days":["mon","tue","wed"],"from":"09:00","to":"17:30",)"
                 R"("zone":"Europe/Berlin"})"},
        WordCase{"UntilMidnight", "sun,12:00-24:00",
                 R"({"days":["sun"],"from":"12:00","to":"24:00","zone":"device"})"},
        WordCase{"OneDay", "sat,00:00-23:59",
                 R"({"days":["sat"],"from":"00:00","to":"23:59","zone":"device"})"},
        WordCase{"DaysOverTheWeekend", "sat-mon,01:00-02:00",
                 R"({"days":["sat","sun","mon"],"from":"01:00","to":"02:00","zone":"device"})"},
        WordCase{"Nothing", "", ""}, WordCase{"AnotherWord", "never", ""},
        WordCase{"OneTime", "22:00", ""}, WordCase{"AnHourThatIsNone", "24:00-06:00", ""},
        WordCase{"AMinuteThatIsNone", "22:60-06:00", ""},
        WordCase{"ADayThatIsNone", "mon-fry,01:00-02:00", ""}, WordCase{"OnlyDays", "mon", ""},
        WordCase{"AnEmptyZone", "22:00-06:00,", ""},
        WordCase{"TooMuch", "mon,22:00-06:00,UTC,UTC", ""}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::cli
