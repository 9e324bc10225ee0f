// Whole numbers, hexadecimal digits, offsets from UTC and the time in a ULID.
#include <gtest/gtest.h>

#include "text/hex.h"
#include "text/time_zone.h"
#include "text/ulid.h"
#include "text/whole_number.h"

namespace updraft::text {
namespace {

struct WholeCase {
    std::string text;
    std::optional<std::int64_t> whole;
    std::optional<std::int64_t> digits;
};
class Whole : public testing::TestWithParam<WholeCase> {};
TEST_P(Whole, NumbersAreReadFromTheWholeText) {
    EXPECT_EQ(read_whole(GetParam().text), GetParam().whole) << GetParam().text;
    EXPECT_EQ(read_digits(GetParam().text), GetParam().digits) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    , Whole,
    testing::Values(
        WholeCase{"0", 0, 0}, WholeCase{"007", 7, 7},
        WholeCase{"9223372036854775807", INT64_MAX, INT64_MAX},
        WholeCase{"-9223372036854775808", INT64_MIN, std::nullopt},
        WholeCase{"-1", -1, std::nullopt}, WholeCase{"-0", 0, std::nullopt},
        WholeCase{"9223372036854775808", std::nullopt, std::nullopt},
        WholeCase{"", std::nullopt, std::nullopt}, WholeCase{"+1", std::nullopt, std::nullopt},
        WholeCase{" 1", std::nullopt, std::nullopt}, WholeCase{"1 ", std::nullopt, std::nullopt},
        WholeCase{"1.0", std::nullopt, std::nullopt}, WholeCase{"1e3", std::nullopt, std::nullopt},
        WholeCase{"0x1", std::nullopt, std::nullopt}));

TEST(WholeNumbers, FitTheirType) {
    EXPECT_EQ(read_whole<std::int32_t>("2147483647"), INT32_MAX);
    EXPECT_EQ(read_whole<std::int32_t>("2147483648"), std::nullopt);
    EXPECT_EQ(read_digits<std::uint16_t>("65535"), 65'535);
    EXPECT_EQ(read_digits<std::uint16_t>("65536"), std::nullopt);
    EXPECT_EQ(read_whole<std::uint32_t>("-1"), std::nullopt);
    EXPECT_EQ(read_whole<std::uint32_t>("fF", 16), 255U);
    EXPECT_EQ(read_whole<std::uint32_t>("fg", 16), std::nullopt);
}

TEST(DigitsAtAPlace, AreAllThereOrNone) {
    EXPECT_EQ(digits_at("a12b", 1, 2), 12);
    EXPECT_EQ(digits_at("a12b", 2, 2), std::nullopt);
    EXPECT_EQ(digits_at("a12", 2, 2), std::nullopt);
    EXPECT_EQ(digits_at("+1", 0, 2), std::nullopt);
}

TEST(Hexadecimal, IsTwoDigitsAByte) {
    EXPECT_EQ(hex(""), "");
    EXPECT_EQ(hex(std::string_view("\x00\x0f\xf0\xff", 4)), "000ff0ff");
}

TEST(Hexadecimal, DigitsHaveTheirValueInEitherCase) {
    for (int value = 0; value < 16; ++value) {
        auto const at = static_cast<std::size_t>(value);
        EXPECT_EQ(hex_value(hex_digits[at]), value);
        EXPECT_EQ(hex_value(upper_hex_digits[at]), value);
    }
    for (char const other : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '\xff'}) {
        EXPECT_EQ(hex_value(other), -1);
    }
}

TEST(Hexadecimal, FillsItsPlaceWithZerosInFront) {
    std::string text(6, '?');
    put_hex(0xABC, std::span(text).subspan(1));
    EXPECT_EQ(text, "?00abc");
    put_hex(0x12345678, std::span(text), upper_hex_digits);
    EXPECT_EQ(text, "345678");
}

struct OffsetCase {
    std::string text;
    std::optional<int> minutes;
};
class UtcOffset : public testing::TestWithParam<OffsetCase> {};
TEST_P(UtcOffset, IsReadUpToItsLimit) {
    auto const read = read_utc_offset(GetParam().text, std::chrono::hours{14});
    ASSERT_EQ(read.has_value(), GetParam().minutes.has_value()) << GetParam().text;
    if (read) {
        EXPECT_EQ(read->count(), *GetParam().minutes);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , UtcOffset,
    testing::Values(OffsetCase{"+00:00", 0}, OffsetCase{"-00:00", 0}, OffsetCase{"+08:00", 480},
                    OffsetCase{"-03:30", -210}, OffsetCase{"+14:00", 840},
                    OffsetCase{"-14:00", -840}, OffsetCase{"+14:01", std::nullopt},
                    OffsetCase{"+15:00", std::nullopt}, OffsetCase{"+08:60", std::nullopt},
                    OffsetCase{"08:00", std::nullopt}, OffsetCase{"+8:00", std::nullopt},
                    OffsetCase{"+0800", std::nullopt}, OffsetCase{"+08-00", std::nullopt},
                    OffsetCase{"+-8:00", std::nullopt}, OffsetCase{"Z", std::nullopt},
                    OffsetCase{"", std::nullopt}));

TEST(Ulid, BeginsWithItsTime) {
    // The example of the specification.
    EXPECT_EQ(ulid_time(1'469'918'176'385), "01ARYZ6S41");
    EXPECT_EQ(ulid_time(0), "0000000000");
    EXPECT_EQ(ulid_time((1ULL << 48) - 1), "7ZZZZZZZZZ");
    std::array<std::uint8_t, 16> random{};
    for (std::size_t i = 0; i < random.size(); ++i) random[i] = static_cast<std::uint8_t>(i * 17);
    EXPECT_EQ(ulid(1'469'918'176'385, random), "01ARYZ6S410H2K4N6Q8SAVCXEZ");
}

}  // namespace
}  // namespace updraft::text
