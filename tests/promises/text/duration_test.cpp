#include "text/duration.h"

#include <gtest/gtest.h>

namespace updraft::text {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsAWholeNumberAndOneUnit) {
    EXPECT_EQ(read_duration("200ms"), 200ms);
    EXPECT_EQ(read_duration("90m"), 90min);
    EXPECT_EQ(read_duration("0s"), 0s);
    EXPECT_EQ(read_duration("7d"), 168h);
    EXPECT_EQ(read_duration("36525d"), 24h * 36'525);
    for (auto const* text :
         {"", "5", "s", "1.5h", "-1s", "5 s", "1h30m", "5S", "36526d", "99999999999999999999s"}) {
        EXPECT_EQ(read_duration(text), std::nullopt) << text;
    }
}

TEST(Duration, IsWrittenWithTheUnitThatPeopleUse) {
    EXPECT_EQ(written_duration(0s), "0s");
    EXPECT_EQ(written_duration(1500ms), "1500ms");
    EXPECT_EQ(written_duration(90min), "90m");
    EXPECT_EQ(written_duration(24h), "24h");
    EXPECT_EQ(written_duration(48h), "48h");
    EXPECT_EQ(written_duration(168h), "7d");
    for (auto const length : {1ms, 999ms, 86'400'000ms, 604'800'000ms, 123'456'789ms}) {
        EXPECT_EQ(read_duration(written_duration(length)), length);
    }
}

}  // namespace
}  // namespace updraft::text
