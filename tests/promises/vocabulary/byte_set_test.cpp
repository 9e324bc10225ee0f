#include "vocabulary/byte_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace updraft {
namespace {

struct AddCase {
    std::string name;
    std::vector<ByteRange> added;
    std::vector<ByteRange> ranges;
};
class AddedBytes : public testing::TestWithParam<AddCase> {};
TEST_P(AddedBytes, CountOnce) {
    ByteSet bytes;
    for (auto const& range : GetParam().added) bytes.add(range);
    EXPECT_TRUE(std::ranges::equal(bytes.ranges(), GetParam().ranges));
    std::int64_t count = 0;
    for (auto const& range : GetParam().ranges) count += range.count();
    EXPECT_EQ(bytes.count(), count);
}
INSTANTIATE_TEST_SUITE_P(
    , AddedBytes,
    testing::Values(AddCase{"Empty", {}, {}}, AddCase{"NothingAdded", {{5, 5}, {7, 6}}, {}},
                    AddCase{"FrontToEnd", {{0, 10}, {10, 20}, {20, 30}}, {{0, 30}}},
                    AddCase{"EndToFront", {{20, 30}, {10, 20}, {0, 10}}, {{0, 30}}},
                    AddCase{"WithAGap", {{0, 10}, {20, 30}}, {{0, 10}, {20, 30}}},
                    AddCase{"GapOfOneFilled", {{0, 10}, {11, 20}, {10, 11}}, {{0, 20}}},
                    AddCase{"Twice", {{0, 10}, {0, 10}}, {{0, 10}}},
                    AddCase{"Inside", {{0, 10}, {3, 5}}, {{0, 10}}},
                    AddCase{"Around", {{3, 5}, {0, 10}}, {{0, 10}}},
                    AddCase{"OverSeveral", {{0, 2}, {4, 6}, {8, 10}, {1, 9}}, {{0, 10}}},
                    AddCase{"OverlapOnTheLeft", {{5, 10}, {2, 6}}, {{2, 10}}},
                    AddCase{"OverlapOnTheRight", {{5, 10}, {9, 12}}, {{5, 12}}}),
    [](auto const& tested) { return tested.param.name; });

TEST(AByteSet, CoversAFileWithItsLastLackingByte) {
    ByteSet bytes;
    EXPECT_FALSE(bytes.covers(0));
    EXPECT_FALSE(bytes.covers(10));
    bytes.add({9, 10});
    EXPECT_FALSE(bytes.covers(10));
    EXPECT_FALSE(bytes.is_a_beginning());
    bytes.add({0, 8});
    EXPECT_FALSE(bytes.covers(10));
    bytes.add({8, 9});
    EXPECT_TRUE(bytes.covers(10));
    EXPECT_FALSE(bytes.covers(11));
    EXPECT_TRUE(bytes.is_a_beginning());
    EXPECT_EQ(bytes, ByteSet(10));
}

TEST(AByteSet, TakesBlocksInAnyOrder) {
    constexpr std::int64_t blocks = 2'000;
    std::vector<std::int64_t> order(blocks);
    for (std::int64_t i = 0; i < blocks; ++i) order[static_cast<std::size_t>(i)] = i;
    std::shuffle(order.begin(), order.end(), std::mt19937(7));
    ByteSet bytes;
    for (std::size_t i = 0; i < order.size(); ++i) {
        ASSERT_FALSE(bytes.covers(blocks * 10));
        bytes.add({order[i] * 10, order[i] * 10 + 10});
        ASSERT_EQ(bytes.count(), static_cast<std::int64_t>(i + 1) * 10);
    }
    EXPECT_TRUE(bytes.covers(blocks * 10));
}

// Tens of thousands of gaps, as a handler that fetches only what changed leaves them.
TEST(AByteSet, KeepsTensOfThousandsOfGaps) {
    constexpr std::int64_t pieces = 30'000;
    ByteSet bytes;
    for (std::int64_t i = 0; i < pieces; ++i) bytes.add({i * 20, i * 20 + 10});
    EXPECT_EQ(bytes.count(), pieces * 10);
    EXPECT_FALSE(bytes.covers(pieces * 20));
    for (std::int64_t i = 0; i < pieces; ++i) bytes.add({i * 20 + 10, i * 20 + 20});
    EXPECT_TRUE(bytes.covers(pieces * 20));
}

TEST(AByteSet, DropsTheShortestRangeAboveItsLimitAndNeverCountsWhatIsLacking) {
    ByteSet bytes;
    auto const most = static_cast<std::int64_t>(ByteSet::ranges_max);
    bytes.add({0, 1});
    for (std::int64_t i = 1; i < most; ++i) bytes.add({i * 10, i * 10 + 2});
    EXPECT_EQ(bytes.ranges().size(), ByteSet::ranges_max);
    EXPECT_EQ(bytes.count(), 2 * most - 1);
    bytes.add({most * 10, most * 10 + 5});
    EXPECT_EQ(bytes.ranges().size(), ByteSet::ranges_max);
    EXPECT_EQ(bytes.ranges().front().from, 10);
    EXPECT_EQ(bytes.count(), 2 * (most - 1) + 5);
}

TEST(AByteSet, IsAddedToAnother) {
    ByteSet one(10);
    ByteSet other;
    other.add({5, 15});
    other.add({20, 30});
    one.add(other);
    EXPECT_TRUE(std::ranges::equal(one.ranges(), std::vector<ByteRange>{{0, 15}, {20, 30}}));
    ByteSet none;
    none.add(one);
    EXPECT_EQ(none, one);
}

}  // namespace
}  // namespace updraft
