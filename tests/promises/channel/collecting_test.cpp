#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "channel/downloads.h"
#include "channel/presence.h"
#include "channel/send_artifact.h"
#include "channel/served_bytes.h"
#include "ports/devices_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::channel {
namespace {

using stage::noon;

class Signs : public testing::Test {
protected:
    void SetUp() override {
        fleet::Device device;
        device.did = Did{"lamp"};
        device.model = ModelName{"lamp"};
        device.version = Version{"1.0"};
        auto const made = write(*store, [&](Tx& tx) { return tx.devices().insert(device); });
        ASSERT_TRUE(made);
    }
    std::optional<Instant> stored() {
        return read(*store, [](Tx const& tx) { return tx.devices().find(Did{"lamp"}); })->last_seen;
    }
    stage::ScratchStore store = stage::open_store();
    Presence signs;
};

TEST_F(Signs, AreKnownAtOnceAndWrittenLater) {
    EXPECT_EQ(signs.last_sign(Did{"lamp"}), std::nullopt);
    signs.heard(Did{"lamp"}, noon);
    signs.heard(Did{"lamp"}, noon + Millis{5});
    signs.heard(Did{"lamp"}, noon + Millis{3});
    EXPECT_EQ(signs.last_sign(Did{"lamp"}), noon + Millis{5});
    EXPECT_EQ(stored(), std::nullopt);
    EXPECT_EQ(signs.write_down(*store), 1U);
    EXPECT_EQ(stored(), noon + Millis{5});
    EXPECT_EQ(signs.write_down(*store), 0U);
}

TEST_F(Signs, OfUnknownDevicesArePassedOver) {
    for (int i = 0; i < 1'200; ++i) signs.heard(Did{"ghost-" + std::to_string(i)}, noon);
    signs.heard(Did{"lamp"}, noon);
    EXPECT_EQ(signs.write_down(*store), 1'201U);
    EXPECT_EQ(stored(), noon);
}

constexpr UpgradeId id{11};

class ServedBytes : public testing::Test {
protected:
    static constexpr std::int64_t whole = 1'000;

    std::optional<ByteSet> sent(std::int64_t from, std::int64_t to, Instant now = noon) {
        ByteRange const range{from, to};
        return tally.add(id, {.ranges = std::span(&range, 1), .whole = whole}, now);
    }
    std::optional<ByteSet> broke_off() {
        return tally.add(id, {.whole = whole, .broke_off = true}, noon);
    }
    std::vector<ServedTally::Overdue> overdue(Instant now) {
        return tally.take_unwritten(ServedTally::Which::overdue, 10, now);
    }

    ServedTally tally;
};

TEST_F(ServedBytes, AreWrittenDownFirstAndLastAndRarelyBetween) {
    EXPECT_TRUE(sent(0, 1));
    // Not written: enough bytes, but too soon. Written: enough, and late enough.
    EXPECT_FALSE(sent(1, 101));
    auto const both = sent(101, 102, noon + Millis{1'000});
    ASSERT_TRUE(both);
    EXPECT_EQ(*both, ByteSet(102));
    // Late enough, but too few bytes.
    EXPECT_FALSE(sent(102, 103, noon + Millis{3'000}));
    auto const last = sent(103, 1'000, noon + Millis{1'001});
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->covers(whole));
}

TEST_F(ServedBytes, AreWrittenAtOnceWithTheOneThatWasLacking) {
    EXPECT_TRUE(sent(999, 1'000));
    EXPECT_FALSE(sent(500, 999));
    EXPECT_FALSE(sent(0, 499));
    auto const last = sent(499, 500);
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->covers(whole));
}

// A trickle of bytes, each of which is soon followed by the next one.
TEST_F(ServedBytes, WaitNoLongerThanTheLimitWhateverFollows) {
    EXPECT_TRUE(sent(0, 1));
    for (std::int64_t second = 0; second < 29; ++second) {
        EXPECT_FALSE(sent(second + 1, second + 2, noon + Millis{second * 1'000}));
    }
    EXPECT_TRUE(sent(30, 31, noon + ServedTally::overdue_after));
    EXPECT_FALSE(sent(31, 32, noon + ServedTally::overdue_after + Millis{1'000}));
}

TEST_F(ServedBytes, WaitNoLongerThanAQuarterOfTheProgressTimeout) {
    ServedTally quick(Millis{8'000});
    ByteRange const one{0, 1};
    ByteRange const two{1, 2};
    EXPECT_TRUE(quick.add(id, {.ranges = std::span(&one, 1), .whole = whole}, noon));
    EXPECT_FALSE(quick.add(id, {.ranges = std::span(&two, 1), .whole = whole}, noon));
    auto const overdue = ServedTally::Which::overdue;
    EXPECT_TRUE(quick.take_unwritten(overdue, 10, noon + Millis{1'999}).empty());
    EXPECT_EQ(quick.take_unwritten(overdue, 10, noon + Millis{2'000}).size(), 1U);
}

// Many bytes are overdue as soon as a write may follow the last one.
TEST_F(ServedBytes, AreOverdueSoonWhenTheyAreMany) {
    EXPECT_TRUE(sent(0, 1));
    EXPECT_FALSE(sent(1, 301));
    EXPECT_TRUE(overdue(noon + ServedTally::pause - Millis{1}).empty());
    EXPECT_EQ(overdue(noon + ServedTally::pause).size(), 1U);
}

TEST_F(ServedBytes, ThatWereSentBeforeCostNoWrite) {
    EXPECT_TRUE(sent(0, 500));
    EXPECT_FALSE(sent(0, 500, noon + Millis{60'000}));
    EXPECT_FALSE(sent(100, 400, noon + Millis{60'000}));
    EXPECT_TRUE(sent(400, 600, noon + Millis{60'000}));
}

TEST_F(ServedBytes, OfABrokenTransferAreNotLost) {
    EXPECT_TRUE(sent(0, 1));
    EXPECT_FALSE(sent(1, 301));
    auto const rest = broke_off();
    ASSERT_TRUE(rest);
    EXPECT_EQ(*rest, ByteSet(301));
    EXPECT_FALSE(broke_off());
}

TEST_F(ServedBytes, GoOnFromWhatTheStoreHas) {
    EXPECT_TRUE(sent(500, 600));
    ByteSet stored(500);
    stored.add({500, 600});
    EXPECT_FALSE(tally.wrote(id, stored));
    auto const last = sent(600, 1'000);
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->covers(whole));
}

TEST_F(ServedBytes, ThatCompleteWhatTheStoreHasAreWrittenAtOnce) {
    EXPECT_TRUE(sent(500, 600));
    EXPECT_FALSE(sent(600, 1'000));
    ByteSet stored(500);
    stored.add({500, 600});
    auto const last = tally.wrote(id, stored);
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->covers(whole));
}

TEST_F(ServedBytes, ThatNoFurtherOnesFollowedAreOverdueOnce) {
    EXPECT_TRUE(sent(0, 1));
    EXPECT_FALSE(sent(1, 10));
    EXPECT_TRUE(overdue(noon + ServedTally::overdue_after - Millis{1}).empty());
    auto const late = overdue(noon + ServedTally::overdue_after);
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late[0].id, id);
    EXPECT_EQ(late[0].bytes, ByteSet(10));
    EXPECT_TRUE(overdue(noon + 2 * ServedTally::overdue_after).empty());
}

TEST_F(ServedBytes, ThatCouldNotBeWrittenAreWrittenLater) {
    auto const first = sent(0, 1'000);
    ASSERT_TRUE(first);
    EXPECT_FALSE(tally.wrote(id, fail(Errc::busy, "the queue is full")));
    EXPECT_EQ(overdue(noon + ServedTally::overdue_after).size(), 1U);
    EXPECT_FALSE(tally.wrote(id, *first));
    EXPECT_TRUE(overdue(noon + 2 * ServedTally::overdue_after).empty());
}

// What was written is forgotten then, so it counts as new.
TEST_F(ServedBytes, OfVeryManyUpgradesAreKeptInLimitedMemory) {
    EXPECT_TRUE(sent(0, 1));
    EXPECT_FALSE(sent(0, 1));
    ByteRange const byte{0, 1};
    for (std::int64_t other = 1'000; other < 102'000; ++other) {
        (void)tally.add(UpgradeId{other}, {.ranges = std::span(&byte, 1), .whole = whole}, noon);
    }
    EXPECT_TRUE(sent(0, 1));
}

TEST_F(ServedBytes, InVeryManyRangesAreKeptInLimitedMemory) {
    EXPECT_TRUE(sent(0, 1));
    EXPECT_FALSE(sent(0, 1));
    std::vector<ByteRange> gaps;
    for (std::int64_t i = 0; i < 1'000; ++i) gaps.push_back({i * 10, i * 10 + 1});
    for (std::int64_t other = 1'000; other < 2'001; ++other) {
        (void)tally.add(UpgradeId{other}, {.ranges = gaps, .whole = 10'000}, noon);
    }
    EXPECT_TRUE(sent(0, 1));
}

TEST(Downloads, HaveSoManyPlacesAndGetThemBack) {
    Downloads downloads({.at_once = 2});
    Downloader const lamp{.did = Did{"lamp"}, .open_id = OpenId{"alice"}};
    {
        DownloadPlace const first(downloads, lamp);
        DownloadPlace const second(downloads, lamp);
        DownloadPlace const third(downloads, lamp);
        EXPECT_EQ(first.answer(), PlaceAnswer::taken);
        EXPECT_EQ(second.answer(), PlaceAnswer::taken);
        EXPECT_EQ(third.answer(), PlaceAnswer::all_taken);
        EXPECT_EQ(downloads.running(), 2);
        EXPECT_EQ(downloads.answered(PlaceAnswer::all_taken), 1U);
    }
    EXPECT_EQ(downloads.running(), 0);
    EXPECT_EQ(DownloadPlace(downloads, lamp).answer(), PlaceAnswer::taken);
}

// Takes places and keeps them.
class Takers {
public:
    explicit Takers(DownloadLimits limits) : downloads_(limits) {}

    // The answer to a further download of that device.
    PlaceAnswer take(std::string did, std::optional<std::string> user = {}) {
        Downloader who{.did = Did{std::move(did)}, .open_id = {}};
        if (user) who.open_id = OpenId{*std::move(user)};
        return held_.emplace_back(std::make_unique<DownloadPlace>(downloads_, who))->answer();
    }
    // How many of `count` devices of that user get a place.
    int take_many(int count, std::string const& user) {
        int taken = 0;
        for (int i = 0; i < count; ++i) {
            taken += take(user + std::to_string(i), user) == PlaceAnswer::taken ? 1 : 0;
        }
        return taken;
    }

private:
    Downloads downloads_;
    std::vector<std::unique_ptr<DownloadPlace>> held_;
};

TEST(Downloads, OfOneDeviceAreLimited) {
    Takers takers({.at_once = 100, .of_one_device = 4});
    for (int i = 0; i < 4; ++i) EXPECT_EQ(takers.take("greedy", "alice"), PlaceAnswer::taken);
    EXPECT_EQ(takers.take("greedy", "alice"), PlaceAnswer::device_has_enough);
    EXPECT_EQ(takers.take("other", "alice"), PlaceAnswer::taken);
}

TEST(Downloads, OfOneUserLeaveAQuarterForOthers) {
    Takers takers({.at_once = 100, .of_one_device = 4});
    EXPECT_EQ(takers.take_many(200, "alice"), 75);
    EXPECT_EQ(takers.take("alice-0", "alice"), PlaceAnswer::user_has_enough);
    EXPECT_EQ(takers.take_many(10, "bob"), 10);
    // A device without a user counts for itself, whatever its name is.
    EXPECT_EQ(takers.take("alice"), PlaceAnswer::taken);
    EXPECT_EQ(takers.take_many(20, "carol"), 14);
    EXPECT_EQ(takers.take("last"), PlaceAnswer::all_taken);
}

struct ShareCase {
    std::string name;
    std::int64_t at_once;
    std::int64_t users;
    std::int64_t held;
    bool may;
};
class OneOfTheLast : public testing::TestWithParam<ShareCase> {};
TEST_P(OneOfTheLast, IsForThoseBelowTheirShare) {
    auto const& [name, at_once, users, held, may] = GetParam();
    EXPECT_EQ(may_take_one_of_the_last(at_once, users, held), may);
}
INSTANTIATE_TEST_SUITE_P(, OneOfTheLast,
                         testing::Values(ShareCase{"AloneBelowHalf", 100, 1, 49, true},
                                         ShareCase{"AloneWithHalf", 100, 1, 50, false},
                                         ShareCase{"OneOfFiveBelow", 100, 5, 19, true},
                                         ShareCase{"OneOfFiveWithAFifth", 100, 5, 20, false},
                                         ShareCase{"WithNothingAmongVeryMany", 100, 300, 0, true},
                                         ShareCase{"WithOneAmongVeryMany", 100, 300, 1, false}),
                         [](auto const& tested) { return tested.param.name; });

TEST(Validators, AreTheDigestAndTheDate) {
    firmware::Artifact artifact;
    artifact.digests.sha256 = "abc";
    auto const file = validators_of(artifact, noon);
    EXPECT_EQ(file.etag, "\"abc\"");
    EXPECT_EQ(file.last_modified, "Mon, 23 Nov 2026 12:00:00 GMT");
    EXPECT_EQ(validators_of(artifact, std::nullopt).last_modified, "");
}

}  // namespace
}  // namespace updraft::channel
