#include "rollout/bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace updraft::rollout {
namespace {

Did device(int n) { return Did{"device-" + std::to_string(n)}; }

std::set<int> first(ReleaseId release, std::int64_t millionths, int devices) {
    std::set<int> covered;
    for (int n = 0; n < devices; ++n) {
        if (bucket_of(release, device(n)) < millionths) covered.insert(n);
    }
    return covered;
}

// int.from_bytes(hashlib.sha256(b"17\0sensor-1").digest()[:8], "big") % 1000000, and so on.
TEST(Bucket, IsComputedAsTheContractSays) {
    EXPECT_EQ(bucket_of(ReleaseId{17}, Did{"sensor-1"}), 221957);
    EXPECT_EQ(bucket_of(ReleaseId{2147483647}, Did{std::string(64, 'x')}), 692226);
    EXPECT_EQ(bucket_of(ReleaseId{1}, Did{"设备"}), 412204);
}

TEST(Bucket, RaisingTheShareOnlyAdds) {
    ReleaseId const release{17};
    auto const morning = first(release, 10'000, 100'000);
    EXPECT_EQ(first(release, 10'000, 100'000), morning);
    auto const tenth = first(release, 100'000, 100'000);
    EXPECT_TRUE(std::ranges::includes(tenth, morning));
    EXPECT_NEAR(static_cast<double>(morning.size()), 1'000, 150);
    EXPECT_NEAR(static_cast<double>(tenth.size()), 10'000, 450);
}

TEST(Bucket, OfAnotherReleaseIsIndependent) {
    auto const one = first(ReleaseId{17}, 10'000, 100'000);
    auto const other = first(ReleaseId{18}, 10'000, 100'000);
    std::vector<int> both;
    std::ranges::set_intersection(one, other, std::back_inserter(both));
    EXPECT_LE(both.size(), 30U);  // About 1 % of 1,000 are expected.
}

}  // namespace
}  // namespace updraft::rollout
