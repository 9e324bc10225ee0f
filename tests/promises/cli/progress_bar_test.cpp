#include "cli/progress_bar.h"

#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;

struct ProgressCase {
    std::string name;
    Sent sent;
    std::string text;
};
class ProgressText : public testing::TestWithParam<ProgressCase> {};
TEST_P(ProgressText, TellsShareRateAndEnd) {
    EXPECT_EQ(progress_text("a.bin", GetParam().sent), "a.bin  " + GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    , ProgressText,
    testing::Values(
        ProgressCase{"AtItsBeginning",
                     {.bytes = 0, .total = 5 * mib, .bytes_per_second = 0},
                     "[--------------------]  0 %, 0 B of 5.0 MiB, 0 B/s"},
        ProgressCase{"UnderWay",
                     {.bytes = mib, .total = 5 * mib, .bytes_per_second = 512 * kib},
                     "[####----------------]  20 %, 1.0 MiB of 5.0 MiB, 512.0 KiB/s, ends in 8 s"},
        ProgressCase{"AtItsEnd",
                     {.bytes = 5 * mib, .total = 5 * mib, .bytes_per_second = 2 * mib + mib / 2},
                     "[####################]  100 %, 5.0 MiB of 5.0 MiB, 2.5 MiB/s, ends in 0 s"},
        ProgressCase{"Slowly",
                     {.bytes = 1, .total = 126, .bytes_per_second = 1},
                     "[--------------------]  0 %, 1 B of 126 B, 1 B/s, ends in 2 min 5 s"},
        ProgressCase{"ForHours",
                     {.bytes = 0, .total = 3601 * kib, .bytes_per_second = kib},
                     "[--------------------]  0 %, 0 B of 3.5 MiB, 1.0 KiB/s, ends in 1 h 0 min"},
        ProgressCase{"OfAPipe",
                     {.bytes = 3 * mib, .total = -1, .bytes_per_second = 1023},
                     "3.0 MiB, 1023 B/s"},
        ProgressCase{"OfVeryMuch",
                     {.bytes = 0, .total = 9'000'000 * mib, .bytes_per_second = 0},
                     "[--------------------]  0 %, 0 B of 8.5 TiB, 0 B/s"}),
    [](auto const& tested) { return tested.param.name; });

TEST(ProgressName, IsCleaned) {
    EXPECT_EQ(progress_text("a\x1b[2Jb", {.bytes = 1, .bytes_per_second = 1}),
              "a\\u001b[2Jb  1 B, 1 B/s");
}

}  // namespace
}  // namespace updraft::cli
