// Numbers that a batch of transactions takes one by one.
#include "sqlstore/number_pool.h"

#include <gtest/gtest.h>

namespace updraft::sqlstore {
namespace {

// Gives what nobody had, and counts how often it was asked.
class Counting final : public NumberSource {
public:
    Result<std::int64_t> take(std::string_view, std::int64_t count) override {
        ++asked;
        auto const first = next;
        next += count;
        return first;
    }
    std::int64_t next = 0;
    int asked = 0;
};

TEST(ANumberPool, FetchesAsManyAsTheLastBatchNeeded) {
    Counting source;
    NumberPool pool(source);
    for (int batch = 0; batch < 3; ++batch) {
        pool.begin_batch();
        for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool.take("upgrades", 1));
    }
    EXPECT_EQ(source.next, 15);
    EXPECT_EQ(source.asked, 5 + 1 + 1);
}

TEST(ANumberPool, GivesNothingOfAnEarlierTransactionToALaterOne) {
    Counting source;
    NumberPool pool(source);
    pool.begin_batch();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool.take("upgrades", 1));
    pool.begin_batch();
    EXPECT_EQ(pool.take("upgrades", 1), 5);  // Four more were fetched with it.
    std::int64_t const others = source.take("upgrades", 1).value();
    pool.forget();
    EXPECT_GT(pool.take("upgrades", 1).value(), others);
}

TEST(ANumberPool, LeavesStretchesAndOtherSequencesAlone) {
    Counting source;
    NumberPool pool(source);
    pool.begin_batch();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.take("upgrades", 1));
    pool.begin_batch();
    EXPECT_EQ(pool.take("upgrades", 1), 3);
    EXPECT_EQ(pool.take("upgrades", 100), 6);
    EXPECT_EQ(pool.take("releases", 1), 106);
    // What is left of the first sequence is not given as one of the other.
    EXPECT_GE(pool.take("upgrades", 1).value(), 107);
}

}  // namespace
}  // namespace updraft::sqlstore
