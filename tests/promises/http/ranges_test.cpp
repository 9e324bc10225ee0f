#include "http/ranges.h"

#include <gtest/gtest.h>

#include <string>

namespace updraft::http {
namespace {

constexpr auto whole = Wanted::Kind::whole;
constexpr auto stretches = Wanted::Kind::stretches;
constexpr auto unsatisfiable = Wanted::Kind::unsatisfiable;

struct RangeCase {
    std::string header;
    Wanted wanted;
};
class Ranges : public testing::TestWithParam<RangeCase> {};
TEST_P(Ranges, OfAThousandBytes) {
    EXPECT_EQ(read_ranges(GetParam().header, 1'000), GetParam().wanted) << GetParam().header;
}
INSTANTIATE_TEST_SUITE_P(
    , Ranges,
    testing::Values(
        RangeCase{"bytes=0-0", {stretches, {{0, 0}}}},
        RangeCase{"bytes=100-", {stretches, {{100, 999}}}},
        RangeCase{"bytes=100-199", {stretches, {{100, 199}}}},
        RangeCase{"bytes=900-5000", {stretches, {{900, 999}}}},
        RangeCase{"bytes=-1", {stretches, {{999, 999}}}},
        RangeCase{"bytes=-5000", {stretches, {{0, 999}}}},
        RangeCase{"bytes=0-9,20-29", {stretches, {{0, 9}, {20, 29}}}},
        RangeCase{"bytes= 20-29 , 0-9 ", {stretches, {{20, 29}, {0, 9}}}},
        RangeCase{"bytes=0-9,2000-", {stretches, {{0, 9}}}},
        RangeCase{"bytes=0-99,50-149", {stretches, {{0, 149}}}},
        RangeCase{"bytes=5-9,0-9,0-", {stretches, {{0, 999}}}},
        RangeCase{"bytes=1000-", {unsatisfiable, {}}},
        RangeCase{"bytes=99999999999999999999999-", {unsatisfiable, {}}},
        RangeCase{"bytes=0-99999999999999999999999", {stretches, {{0, 999}}}},
        RangeCase{"bytes=-0", {unsatisfiable, {}}}, RangeCase{"bytes=", {unsatisfiable, {}}},
        RangeCase{"bytes=9-0", {unsatisfiable, {}}}, RangeCase{"bytes=a-b", {unsatisfiable, {}}},
        RangeCase{"bytes=0-9,", {stretches, {{0, 9}}}},
        RangeCase{"bytes=,, 0-9, ,20-29,", {stretches, {{0, 9}, {20, 29}}}},
        RangeCase{"bytes=,", {unsatisfiable, {}}}, RangeCase{"bytes=--5", {unsatisfiable, {}}},
        RangeCase{"Bytes=0-9", {stretches, {{0, 9}}}},
        RangeCase{"BYTES=-1", {stretches, {{999, 999}}}},
        RangeCase{"bytes=0x1-5", {unsatisfiable, {}}}, RangeCase{"chapters=1-2", {whole, {}}},
        RangeCase{"", {whole, {}}}));

TEST(RangeHeader, OfAnEmptyFileAreUnsatisfiable) {
    EXPECT_EQ(read_ranges("bytes=0-", 0).kind, unsatisfiable);
    EXPECT_EQ(read_ranges("bytes=-5", 0).kind, unsatisfiable);
}

// `count` ranges of one byte, `step` bytes apart.
std::string many(std::size_t count, std::size_t step) {
    std::string header = "bytes=";
    for (std::size_t i = 0; i < count; ++i) {
        auto const at = std::to_string(step * i);
        header += (i > 0 ? "," : "") + at + '-' + at;
    }
    return header;
}

TEST(RangeHeader, ThatAreManyGetTheWholeFile) {
    for (std::size_t const step : {1, 4}) {
        EXPECT_EQ(read_ranges(many(150, step), 1'000).stretches.size(), 150U);
        EXPECT_EQ(read_ranges(many(200, step), 1'000).stretches.size(), ranges_max);
        EXPECT_EQ(read_ranges(many(201, step), 1'000).kind, whole);
    }
    EXPECT_EQ(read_ranges(many(200, 4) + std::string(1'000, ','), 1'000).kind, stretches);
    std::string beyond = "bytes=2000-";
    for (int i = 1; i < 200; ++i) beyond += ",2000-";
    EXPECT_EQ(read_ranges(beyond, 1'000).kind, Wanted::Kind::unsatisfiable);
    EXPECT_EQ(read_ranges(beyond + ",2000-", 1'000).kind, whole);
}

TEST(RangeHeader, ThatOverlapAreNeverMoreThanTheFile) {
    std::string header = "bytes=0-";
    for (int i = 1; i < 200; ++i) header += ",0-";
    EXPECT_EQ(read_ranges(header, 1'000), (Wanted{stretches, {{0, 999}}}));
    for (int i = 0; i < 5'000; ++i) header += ",0-";
    EXPECT_EQ(read_ranges(header, 1'000).kind, whole);
}

}  // namespace
}  // namespace updraft::http
