// Progress from served bytes: distinct bytes, in any order.
#include "scene.h"

#include <numeric>
#include <random>

namespace updraft::upgrade {
namespace {

class Serving : public Scene {
protected:
    void SetUp() override {
        Scene::SetUp();
        release("2.0");
        device("lamp");
        id = taken("lamp");
    }
    ByteSet served_so_far() {
        return saw([&](Tx const& tx) { return tx.upgrades().served(id); });
    }
    State state() { return upgrade(id).state; }
    int progress() { return upgrade(id).progress; }
    UpgradeId id;
};

struct PassCase {
    std::string name;
    std::vector<ByteRange> ranges;
    std::vector<int> progress;  // After each of them.
    State state;
};
class APass : public Serving, public testing::WithParamInterface<PassCase> {};
TEST_P(APass, CountsEachByteOnce) {
    for (std::size_t i = 0; i < GetParam().ranges.size(); ++i) {
        serve(id, GetParam().ranges[i].from, GetParam().ranges[i].to);
        EXPECT_EQ(progress(), GetParam().progress[i]) << i;
    }
    EXPECT_EQ(state(), GetParam().state);
}
INSTANTIATE_TEST_SUITE_P(
    , APass,
    testing::Values(
        PassCase{"FrontToEnd", {{0, 500}, {500, 1'000}}, {40, 80}, State::downloaded},
        PassCase{"HalvesInReverse", {{500, 1'000}, {0, 500}}, {40, 80}, State::downloaded},
        PassCase{"TheLastByteAlone", {{999, 1'000}}, {0}, State::downloading},
        PassCase{"TheLastByteFirst", {{999, 1'000}, {0, 999}}, {0, 80}, State::downloaded},
        PassCase{"AllButOne", {{0, 499}, {500, 1'000}}, {39, 79}, State::downloading},
        PassCase{"TheLackingOneLast",
                 {{0, 499}, {500, 1'000}, {499, 500}},
                 {39, 79, 80},
                 State::downloaded},
        PassCase{"Twice", {{0, 500}, {0, 500}, {0, 500}}, {40, 40, 40}, State::downloading},
        PassCase{
            "Overlapping", {{0, 600}, {300, 800}, {700, 1'000}}, {48, 64, 80}, State::downloaded},
        PassCase{"Interleaved",
                 {{0, 250}, {500, 750}, {750, 1'000}, {250, 500}},
                 {20, 40, 60, 80},
                 State::downloaded}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Serving, ByHundredBlocksInAnyOrderEndsWithTheLast) {
    std::vector<std::int64_t> blocks(100);
    std::iota(blocks.begin(), blocks.end(), 0);
    std::shuffle(blocks.begin(), blocks.end(), std::mt19937(11));
    for (auto const block : blocks) {
        EXPECT_EQ(state() == State::downloaded, false);
        serve(id, block * 10, block * 10 + 10);
    }
    EXPECT_EQ(state(), State::downloaded);
    EXPECT_EQ(upgrade(id).bytes_served, 1'000);
}

// What is stored: a number alone for one pass, ranges only while there are gaps.
TEST_F(Serving, FromFrontToEndStoresNoRanges) {
    serve(id, 0, 100);
    serve(id, 100, 300);
    EXPECT_EQ(upgrade(id).bytes_served, 300);
    EXPECT_EQ(upgrade(id).ranges_served, 0);
    EXPECT_EQ(served_so_far(), ByteSet{});
    serve(id, 500, 600);
    EXPECT_EQ(upgrade(id).ranges_served, 2);
    EXPECT_EQ(served_so_far().count(), 400);
    serve(id, 300, 500);
    EXPECT_EQ(upgrade(id).ranges_served, 0);
    EXPECT_EQ(served_so_far(), ByteSet{});
}

TEST_F(Serving, LeavesNoRangesWhenTheUpgradeEnds) {
    serve(id, 500, 600);
    EXPECT_EQ(served_so_far().count(), 100);
    ASSERT_TRUE(say("lamp", id, Said::failed));
    EXPECT_EQ(served_so_far(), ByteSet{});
    EXPECT_EQ(upgrade(id).ranges_served, 0);
    serve(id, 0, 500);
    EXPECT_EQ(upgrade(id).bytes_served, 100);
}

TEST_F(Serving, AnswersAllBytesThatWereEverRecorded) {
    serve(id, 500, 600);
    ByteSet const sent(100);
    auto const all =
        write(*store, [&](Tx& tx) { return served(tx, means, id, sent, clock.now()); });
    ASSERT_TRUE(all);
    EXPECT_EQ(all->count(), 200);
}

TEST_F(Serving, PastTheDownloadChangesNeitherStateNorProgress) {
    ASSERT_TRUE(say("lamp", id, Said::downloaded));
    ASSERT_TRUE(say("lamp", id, Said::working));
    auto const before = upgrade(id);
    serve(id, 0, 1'000);
    EXPECT_EQ(state(), State::installing);
    EXPECT_EQ(progress(), before.progress);
    EXPECT_EQ(upgrade(id).bytes_served, 1'000);
}

}  // namespace
}  // namespace updraft::upgrade
