#include "policy/hours.h"

#include <gtest/gtest.h>

#include "policy/local_time.h"

namespace updraft::policy {
namespace {

using namespace std::chrono_literals;

Instant utc(std::string_view text) { return read_rfc3339(text).value(); }

// Berlin in 2026: +01:00, and +02:00 from 2026-03-29 01:00Z to 2026-10-25 01:00Z.
class Berlin final : public TimeZones {
public:
    [[nodiscard]] std::optional<ZoneSpan> span(std::string_view name, Instant at) const override {
        if (name != "Europe/Berlin") return std::nullopt;
        auto const spring = utc("2026-03-29T01:00:00Z");
        auto const autumn = utc("2026-10-25T01:00:00Z");
        if (at < spring) return ZoneSpan{utc("2025-10-26T01:00:00Z"), spring, 1h};
        if (at < autumn) return ZoneSpan{spring, autumn, 2h};
        return ZoneSpan{autumn, utc("2027-03-28T01:00:00Z"), 1h};
    }
};
Berlin const zones;

struct ReadCase {
    std::string text;
    std::optional<Hours> hours;
};
class HoursText : public testing::TestWithParam<ReadCase> {};
TEST_P(HoursText, IsReadExactly) { EXPECT_EQ(read_hours(GetParam().text), GetParam().hours); }
INSTANTIATE_TEST_SUITE_P(
    , HoursText,
    testing::Values(ReadCase{"02:00-05:00", Hours{2h, 5h}},
                    ReadCase{"22:30-06:15", Hours{22h + 30min, 6h + 15min}},
                    ReadCase{"00:00-23:59", Hours{0h, 23h + 59min}},
                    ReadCase{"23:45-00:15", Hours{23h + 45min, 15min}},
                    ReadCase{"02:00-02:30", Hours{2h, 2h + 30min}},
                    ReadCase{"02:00-02:29", std::nullopt}, ReadCase{"02:00-02:00", std::nullopt},
                    ReadCase{"24:00-02:00", std::nullopt}, ReadCase{"02:60-05:00", std::nullopt},
                    ReadCase{"2:00-05:00", std::nullopt}, ReadCase{"02:00-05:00 ", std::nullopt},
                    ReadCase{"02:00–05:00", std::nullopt}, ReadCase{"", std::nullopt}));

struct OpeningCase {
    std::string name;
    std::string hours;
    std::string zone;
    std::string now;
    bool open;
    std::string since;
    std::string next;
};
class Opened : public testing::TestWithParam<OpeningCase> {};
TEST_P(Opened, IsWithinItsHoursInItsZone) {
    auto const& tested = GetParam();
    auto const found =
        opening(read_hours(tested.hours).value(), tested.zone, zones, utc(tested.now));
    EXPECT_EQ(found.open, tested.open);
    EXPECT_EQ(rfc3339(found.since), rfc3339(utc(tested.since)));
    EXPECT_EQ(rfc3339(found.next), rfc3339(utc(tested.next)));
}
INSTANTIATE_TEST_SUITE_P(
    , Opened,
    testing::Values(
        OpeningCase{"InTheMiddle", "02:00-05:00", "+00:00", "2026-06-01T03:00:00Z", true,
                    "2026-06-01T02:00:00Z", "2026-06-01T05:00:00Z"},
        OpeningCase{"FromItsFirstMoment", "02:00-05:00", "+00:00", "2026-06-01T02:00:00Z", true,
                    "2026-06-01T02:00:00Z", "2026-06-01T05:00:00Z"},
        OpeningCase{"NotAtItsEnd", "02:00-05:00", "+00:00", "2026-06-01T05:00:00Z", false,
                    "2026-06-01T05:00:00Z", "2026-06-02T02:00:00Z"},
        OpeningCase{"NotAMomentBefore", "02:00-05:00", "+00:00", "2026-06-01T01:59:59.999Z", false,
                    "2026-05-31T05:00:00Z", "2026-06-01T02:00:00Z"},
        OpeningCase{"OverMidnightInTheEvening", "22:00-06:00", "+00:00", "2026-06-01T23:00:00Z",
                    true, "2026-06-01T22:00:00Z", "2026-06-02T06:00:00Z"},
        OpeningCase{"OverMidnightInTheMorning", "22:00-06:00", "+00:00", "2026-06-02T05:00:00Z",
                    true, "2026-06-01T22:00:00Z", "2026-06-02T06:00:00Z"},
        OpeningCase{"NotAtNoonOverMidnight", "22:00-06:00", "+00:00", "2026-06-02T12:00:00Z", false,
                    "2026-06-02T06:00:00Z", "2026-06-02T22:00:00Z"},
        OpeningCase{"EastOfUtc", "02:00-05:00", "+08:00", "2026-06-01T19:00:00Z", true,
                    "2026-06-01T18:00:00Z", "2026-06-01T21:00:00Z"},
        OpeningCase{"WestOfUtcAtAHalfHour", "02:00-05:00", "-03:30", "2026-06-01T05:00:00Z", false,
                    "2026-05-31T08:30:00Z", "2026-06-01T05:30:00Z"},
        OpeningCase{"BeforeTheClockGoesForward", "22:00-06:00", "Europe/Berlin",
                    "2026-03-28T22:00:00Z", true, "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"},
        OpeningCase{"AfterTheClockWentForward", "22:00-06:00", "Europe/Berlin",
                    "2026-03-29T02:00:00Z", true, "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"},
        OpeningCase{"FromTheJumpWhenItsBeginningIsSkipped", "02:30-04:00", "Europe/Berlin",
                    "2026-03-29T00:30:00Z", false, "2026-03-28T03:00:00Z", "2026-03-29T01:00:00Z"},
        OpeningCase{"SinceTheJumpWhenItsBeginningIsSkipped", "02:30-04:00", "Europe/Berlin",
                    "2026-03-29T01:30:00Z", true, "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"},
        OpeningCase{"NotOnTheDayWhenAllOfItIsSkipped", "02:00-03:00", "Europe/Berlin",
                    "2026-03-29T00:30:00Z", false, "2026-03-28T02:00:00Z", "2026-03-30T00:00:00Z"},
        OpeningCase{"TwiceWhenTheClockGoesBack", "02:00-03:00", "Europe/Berlin",
                    "2026-10-25T00:30:00Z", true, "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"},
        OpeningCase{"OverTheLongNight", "22:00-06:00", "Europe/Berlin", "2026-10-25T03:00:00Z",
                    true, "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z"},
        OpeningCase{"InAnUnknownZoneAsInUtc", "02:00-05:00", "Mars/Phobos", "2026-06-01T03:00:00Z",
                    true, "2026-06-01T02:00:00Z", "2026-06-01T05:00:00Z"}),
    [](auto const& tested) { return tested.param.name; });

// Minute by minute over both changes: what `next` says happens then, and not earlier.
TEST(Opening, AgreesWithEveryMinuteBetween) {
    for (auto const* const text : {"22:00-06:00", "02:30-04:00", "02:00-03:00", "01:45-02:15"}) {
        auto const hours = read_hours(text).value();
        for (auto const* const day : {"2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z"}) {
            auto const begin = utc(day);
            for (auto at = begin; at < begin + Millis{36h}; at = at + Millis{15min}) {
                auto const found = opening(hours, "Europe/Berlin", zones, at);
                for (auto later = at; later < found.next; later = later + Millis{15min}) {
                    ASSERT_EQ(opening(hours, "Europe/Berlin", zones, later).open, found.open)
                        << text << " at " << rfc3339(at) << ", later " << rfc3339(later);
                }
                ASSERT_NE(opening(hours, "Europe/Berlin", zones, found.next).open, found.open)
                    << text << " at " << rfc3339(at);
                ASSERT_NE(opening(hours, "Europe/Berlin", zones, found.since - Millis{1}).open,
                          found.open)
                    << text << " at " << rfc3339(at);
            }
        }
    }
}

TEST(ATimeZone, IsAnOffsetOrAKnownName) {
    for (auto const* const good : {"+08:00", "-03:30", "+00:00", "Europe/Berlin"}) {
        EXPECT_TRUE(is_time_zone(good, zones)) << good;
    }
    for (auto const* const bad : {"", "Z", "8", "+15:00", "Europe/Atlantis", "europe/berlin"}) {
        EXPECT_FALSE(is_time_zone(bad, zones)) << bad;
    }
}

TEST(LocalDays, FollowTheClockOfTheirZone) {
    LocalTime const berlin("Europe/Berlin", zones);
    EXPECT_EQ(berlin.date(utc("2026-03-28T23:30:00Z")), "2026-03-29");
    EXPECT_EQ(berlin.date(utc("2026-03-29T21:59:00Z")), "2026-03-29");
    EXPECT_EQ(berlin.date(utc("2026-03-29T22:00:00Z")), "2026-03-30");
    auto const start = [&](char const* day) { return rfc3339(berlin.start_of(*read_day(day))); };
    EXPECT_EQ(start("2026-03-29"), "2026-03-28T23:00:00.000Z");
    EXPECT_EQ(start("2026-03-30"), "2026-03-29T22:00:00.000Z");
    EXPECT_EQ(start("2026-10-25"), "2026-10-24T22:00:00.000Z");
    EXPECT_EQ(start("2026-10-26"), "2026-10-25T23:00:00.000Z");
}

}  // namespace
}  // namespace updraft::policy
