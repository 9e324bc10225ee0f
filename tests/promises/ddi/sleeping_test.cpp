#include <gtest/gtest.h>

#include "ddi/poll.h"
#include "stage/manual_clock.h"

namespace updraft::ddi {
namespace {

using stage::noon;

TEST(Sleeping, KeepsShortIntervalsAndSpreadsLongOnes) {
    using std::chrono::seconds;
    Did const did{"lamp"};
    EXPECT_EQ(sleep_of(seconds{1}, true, did, noon), seconds{1});
    EXPECT_EQ(sleep_of(seconds{2}, false, did, noon), seconds{2});
    EXPECT_EQ(sleep_of(Millis{200}, false, did, noon), seconds{1});
    auto least = seconds{1'000};
    auto most = seconds{0};
    for (int i = 0; i < 1'000; ++i) {
        auto const sleep = sleep_of(seconds{300}, false, Did{std::to_string(i)}, noon);
        least = std::min(least, sleep);
        most = std::max(most, sleep);
    }
    EXPECT_GE(least, seconds{270});
    EXPECT_LE(most, seconds{330});
    EXPECT_LT(least, seconds{280});
    EXPECT_GT(most, seconds{320});
    EXPECT_LE(sleep_of(seconds{300}, true, did, noon), seconds{33});
}

}  // namespace
}  // namespace updraft::ddi
