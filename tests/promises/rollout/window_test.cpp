#include "rollout/window.h"

#include <gtest/gtest.h>

namespace updraft::rollout {
namespace {

using namespace std::chrono_literals;

Instant utc(std::string_view text) { return read_rfc3339(text).value(); }

// Berlin in 2026: +01:00, and +02:00 from 2026-03-29 01:00Z to 2026-10-25 01:00Z.
class BerlinIn2026 final : public TimeZones {
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
BerlinIn2026 const berlin;

constexpr std::uint8_t all_days = 0b1111111;
constexpr std::uint8_t mondays = 0b0000001;
constexpr std::uint8_t weekend = 0b1100000;

struct WindowCase {
    std::string name;
    Window window;
    std::string now;
    bool open;
    std::string since;
    std::string next;
};
class WindowOfARollout : public testing::TestWithParam<WindowCase> {};
TEST_P(WindowOfARollout, IsOpenOnItsDaysAndHours) {
    auto const& tested = GetParam();
    auto const found = window_at(tested.window, tested.window.zone, berlin, utc(tested.now));
    auto const written = [](std::optional<Instant> at) { return at ? rfc3339(*at) : "never"; };
    auto const wanted = [](std::string const& text) {
        return text == "never" ? text : rfc3339(utc(text));
    };
    EXPECT_EQ(found.open, tested.open);
    EXPECT_EQ(written(found.since), wanted(tested.since));
    EXPECT_EQ(written(found.next), wanted(tested.next));
}
// 2026-06-01 is a Monday.
INSTANTIATE_TEST_SUITE_P(, WindowOfARollout,
                         testing::Values(WindowCase{"BeforeNoon",
                                                    {all_days, 9h, 17h, "+08:00"},
                                                    "2026-06-01T02:00:00Z",
                                                    true,
                                                    "2026-06-01T01:00:00Z",
                                                    "2026-06-01T09:00:00Z"},
                                         WindowCase{"FromItsFirstMoment",
                                                    {all_days, 9h, 17h, "+00:00"},
                                                    "2026-06-01T09:00:00Z",
                                                    true,
                                                    "2026-06-01T09:00:00Z",
                                                    "2026-06-01T17:00:00Z"},
                                         WindowCase{"NotInItsLast",
                                                    {all_days, 9h, 17h, "+00:00"},
                                                    "2026-06-01T17:00:00Z",
                                                    false,
                                                    "2026-06-01T17:00:00Z",
                                                    "2026-06-02T09:00:00Z"},
                                         WindowCase{"PastMidnight",
                                                    {all_days, 22h, 6h, "+00:00"},
                                                    "2026-06-01T03:00:00Z",
                                                    true,
                                                    "2026-05-31T22:00:00Z",
                                                    "2026-06-01T06:00:00Z"},
                                         WindowCase{"TheDayIsThatOnWhichItOpens",
                                                    {mondays, 22h, 6h, "+00:00"},
                                                    "2026-06-02T05:59:00Z",
                                                    true,
                                                    "2026-06-01T22:00:00Z",
                                                    "2026-06-02T06:00:00Z"},
                                         WindowCase{"MondayMorningBelongsToSunday",
                                                    {mondays, 22h, 6h, "+00:00"},
                                                    "2026-06-01T03:00:00Z",
                                                    false,
                                                    "2026-05-26T06:00:00Z",
                                                    "2026-06-01T22:00:00Z"},
                                         WindowCase{"ClosedForAWeek",
                                                    {mondays, 9h, 10h, "+00:00"},
                                                    "2026-06-01T10:00:00Z",
                                                    false,
                                                    "2026-06-01T10:00:00Z",
                                                    "2026-06-08T09:00:00Z"},
                                         WindowCase{"WholeDaysJoin",
                                                    {weekend, 0h, 24h, "+00:00"},
                                                    "2026-06-06T12:00:00Z",
                                                    true,
                                                    "2026-06-06T00:00:00Z",
                                                    "2026-06-08T00:00:00Z"},
                                         WindowCase{"AlwaysOpen",
                                                    {all_days, 0h, 24h, "+00:00"},
                                                    "2026-06-06T12:00:00Z",
                                                    true,
                                                    "never",
                                                    "never"},
                                         WindowCase{"OverTheHourThatIsLeftOut",
                                                    {all_days, 22h, 6h, "Europe/Berlin"},
                                                    "2026-03-29T00:30:00Z",
                                                    true,
                                                    "2026-03-28T21:00:00Z",
                                                    "2026-03-29T04:00:00Z"},
                                         WindowCase{"OverTheHourThatComesTwice",
                                                    {all_days, 22h, 6h, "Europe/Berlin"},
                                                    "2026-10-25T00:30:00Z",
                                                    true,
                                                    "2026-10-24T20:00:00Z",
                                                    "2026-10-25T05:00:00Z"},
                                         WindowCase{"InTheHourThatIsLeftOut",
                                                    {all_days, 2h, 3h, "Europe/Berlin"},
                                                    "2026-03-29T01:00:00Z",
                                                    false,
                                                    "2026-03-28T02:00:00Z",
                                                    "2026-03-30T00:00:00Z"},
                                         WindowCase{"AnUnknownZoneIsUtc",
                                                    {all_days, 9h, 17h, "Mars/Base"},
                                                    "2026-06-01T09:30:00Z",
                                                    true,
                                                    "2026-06-01T09:00:00Z",
                                                    "2026-06-01T17:00:00Z"}),
                         [](auto const& tested) { return tested.param.name; });

// Minute by minute over both changes of summer time, as the local clock shows it.
TEST(WindowOverSummerTime, IsOpenExactlyInItsLocalHours) {
    Window const window{all_days, 22h, 6h, "Europe/Berlin"};
    for (auto const* from : {"2026-03-27T00:00:00Z", "2026-10-23T00:00:00Z"}) {
        for (int minute = 0; minute < 4 * 24 * 60; ++minute) {
            auto const at = utc(from) + std::chrono::minutes{minute};
            auto const local = Millis{at.ms} + berlin.span("Europe/Berlin", at)->offset;
            auto const hour = std::chrono::duration_cast<std::chrono::hours>(local).count() % 24;
            auto const state = window_at(window, window.zone, berlin, at);
            ASSERT_EQ(state.open, hour >= 22 || hour < 6) << rfc3339(at);
            ASSERT_TRUE(state.next && *state.next > at);
            ASSERT_TRUE(state.since && *state.since <= at);
        }
    }
}

struct ZoneCase {
    std::string name;
    std::string window;
    fleet::Attributes attributes;
    std::string zone;
};
class ZoneOfAWindow : public testing::TestWithParam<ZoneCase> {};
TEST_P(ZoneOfAWindow, IsTheDevicesElseTheUsers) {
    Window const window{all_days, 22h, 6h, GetParam().window};
    EXPECT_EQ(zone_of(window, &GetParam().attributes, "+08:00", berlin), GetParam().zone);
}
INSTANTIATE_TEST_SUITE_P(
    , ZoneOfAWindow,
    testing::Values(
        ZoneCase{"FixedInThePlan", "+02:00", {{"timezone", "+05:00"}}, "+02:00"},
        ZoneCase{"TheAttribute", "device", {{"timezone", "Europe/Berlin"}}, "Europe/Berlin"},
        ZoneCase{"AnAttributeThatIsNoZone", "device", {{"timezone", "Berlin"}}, "+08:00"},
        ZoneCase{"NoAttribute", "device", {}, "+08:00"}),
    [](auto const& tested) { return tested.param.name; });

TEST(WindowWithoutAttributes, CountsInTheUsersZone) {
    EXPECT_EQ(zone_of({all_days, 22h, 6h, "device"}, nullptr, "+08:00", berlin), "+08:00");
}

}  // namespace
}  // namespace updraft::rollout
