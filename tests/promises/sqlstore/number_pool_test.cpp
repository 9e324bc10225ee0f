// Numbers that a transaction takes one by one.
#include "sqlstore/tables/number_pool.h"

#include <gtest/gtest.h>

namespace updraft::sqlstore {
namespace {

// Gives each number once, and counts how often it was asked.
struct Counting {
    std::int64_t give(std::int64_t count) {
        ++asked;
        auto const given = next;
        next += count;
        return given;
    }
    NumberPool::Fetch fetch() {
        return [this](std::string_view, std::int64_t count) { return give(count); };
    }
    std::int64_t next = 0;
    int asked = 0;
};

TEST(ANumberPool, FetchesAsManyAsTheLastTransactionNeeded) {
    Counting source;
    NumberPool pool(source.fetch());
    for (int transaction = 0; transaction < 3; ++transaction) {
        pool.begin();
        for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool.take("upgrades", 1));
    }
    EXPECT_EQ(source.next, 15);
    EXPECT_EQ(source.asked, 5 + 1 + 1);
}

TEST(ANumberPool, GivesNothingOfAnEarlierTransactionToALaterOne) {
    Counting source;
    NumberPool pool(source.fetch());
    pool.begin();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool.take("upgrades", 1));
    pool.begin();
    EXPECT_EQ(pool.take("upgrades", 1), 5);  // 6 to 9 were fetched with it.
    std::int64_t const others = source.give(1);
    pool.begin();
    EXPECT_GT(pool.take("upgrades", 1).value(), others);
}

TEST(ANumberPool, LeavesStretchesAndOtherSequencesAlone) {
    Counting source;
    NumberPool pool(source.fetch());
    pool.begin();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.take("upgrades", 1));
    pool.begin();
    EXPECT_EQ(pool.take("upgrades", 1), 3);
    EXPECT_EQ(pool.take("upgrades", 100), 6);
    EXPECT_EQ(pool.take("releases", 1), 106);
    // What is left of the first sequence is not given out for the other one.
    EXPECT_GE(pool.take("upgrades", 1).value(), 107);
}

}  // namespace
}  // namespace updraft::sqlstore
