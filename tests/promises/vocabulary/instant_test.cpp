#include "vocabulary/instant.h"

#include <gtest/gtest.h>

namespace updraft {
namespace {

struct WrittenCase {
    std::string name;
    std::int64_t ms;
    std::string text;
};
class Rfc3339 : public testing::TestWithParam<WrittenCase> {};

TEST_P(Rfc3339, IsWritten) { EXPECT_EQ(rfc3339({GetParam().ms}), GetParam().text); }
TEST_P(Rfc3339, IsReadBack) {
    auto const read = read_rfc3339(GetParam().text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->ms, GetParam().ms);
}
INSTANTIATE_TEST_SUITE_P(
    , Rfc3339,
    testing::Values(WrittenCase{"Epoch", 0, "1970-01-01T00:00:00.000Z"},
                    WrittenCase{"LastMillisecondBeforeEpoch", -1, "1969-12-31T23:59:59.999Z"},
                    WrittenCase{"LeapDay", 1709164800000, "2024-02-29T00:00:00.000Z"},
                    WrittenCase{"Milliseconds", 1795456096123, "2026-11-23T17:48:16.123Z"}),
    [](auto const& tested) { return tested.param.name; });

struct ReadCase {
    std::string name;
    std::string text;
    std::optional<std::int64_t> ms;
};
class ReadRfc3339 : public testing::TestWithParam<ReadCase> {};

TEST_P(ReadRfc3339, TakesWhatTheStandardAllows) {
    auto const read = read_rfc3339(GetParam().text);
    ASSERT_EQ(read.has_value(), GetParam().ms.has_value());
    if (read) {
        EXPECT_EQ(read->ms, *GetParam().ms);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , ReadRfc3339,
    testing::Values(ReadCase{"NoFraction", "1970-01-01T00:00:01Z", 1000},
                    ReadCase{"EastOfGreenwich", "1970-01-01T08:00:00+08:00", 0},
                    ReadCase{"WestOfGreenwich", "1969-12-31T20:30:00-03:30", 0},
                    ReadCase{"NineDigits", "1970-01-01T00:00:00.123456789Z", 123},
                    ReadCase{"TenDigits", "1970-01-01T00:00:00.1234567890Z", std::nullopt},
                    ReadCase{"EmptyFraction", "1970-01-01T00:00:00.Z", std::nullopt},
                    ReadCase{"NoZone", "1970-01-01T00:00:00", std::nullopt},
                    ReadCase{"DayThatIsNot", "2026-02-29T00:00:00Z", std::nullopt},
                    ReadCase{"HourThatIsNot", "2026-02-28T24:00:00Z", std::nullopt},
                    ReadCase{"MoreBehind", "1970-01-01T00:00:00Zx", std::nullopt},
                    ReadCase{"Empty", "", std::nullopt}),
    [](auto const& tested) { return tested.param.name; });

struct DayCase {
    std::string name;
    std::string text;
    bool exists;
};
class ReadDay : public testing::TestWithParam<DayCase> {};

TEST_P(ReadDay, TakesDaysThatExist) {
    EXPECT_EQ(read_day(GetParam().text).has_value(), GetParam().exists);
}
INSTANTIATE_TEST_SUITE_P(, ReadDay,
                         testing::Values(DayCase{"Plain", "2026-11-23", true},
                                         DayCase{"LeapDay", "2024-02-29", true},
                                         DayCase{"NoLeapDay", "2023-02-29", false},
                                         DayCase{"MonthThirteen", "2026-13-01", false},
                                         DayCase{"DayZero", "2026-11-00", false},
                                         DayCase{"OneDigitMonth", "2026-1-01", false},
                                         DayCase{"TimeBehind", "2026-11-23T", false},
                                         DayCase{"Signs", "2026-+1-01", false},
                                         DayCase{"Empty", "", false}),
                         [](auto const& tested) { return tested.param.name; });

TEST(LocalDate, BelongsToThePlace) {
    Instant const late_in_london{1795456096123};  // 17:48 UTC on the 23rd.
    EXPECT_EQ(local_date(late_in_london, std::chrono::hours{0}), "2026-11-23");
    EXPECT_EQ(local_date(late_in_london, std::chrono::hours{8}), "2026-11-24");
    EXPECT_EQ(local_date(late_in_london, -std::chrono::hours{18}), "2026-11-22");
}

TEST(StartOfDay, IsTheFirstMillisecondOfThatDateThere) {
    for (auto const offset :
         {std::chrono::minutes{0}, std::chrono::minutes{480}, std::chrono::minutes{-210}}) {
        auto const start = start_of(*read_day("2026-11-23"), offset);
        EXPECT_EQ(local_date(start, offset), "2026-11-23");
        EXPECT_EQ(local_date(start - Millis{1}, offset), "2026-11-22");
    }
}

}  // namespace
}  // namespace updraft
