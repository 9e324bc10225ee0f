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

TEST(ServedBytes, AreWrittenDownFirstAndLastAndRarelyBetween) {
    ServedTally tally;
    EXPECT_TRUE(tally.add(id, {.bytes = 1, .reach = 1, .whole = 1'000}, noon));
    // Not written: enough bytes, but too soon; late enough, but too few bytes. Written: both.
    EXPECT_FALSE(tally.add(id, {.bytes = 100, .reach = 101, .whole = 1'000}, noon));
    ServedTally other;
    EXPECT_TRUE(other.add(id, {.bytes = 1, .reach = 1, .whole = 1'000}, noon));
    EXPECT_FALSE(other.add(id, {.bytes = 1, .reach = 2, .whole = 1'000}, noon + Millis{2'000}));
    auto const both =
        tally.add(id, {.bytes = 1, .reach = 102, .whole = 1'000}, noon + Millis{1'000});
    ASSERT_TRUE(both);
    EXPECT_EQ(both->bytes, 101);
    EXPECT_EQ(both->reach, 102);
    auto const last =
        tally.add(id, {.bytes = 898, .reach = 1'000, .whole = 1'000}, noon + Millis{1'001});
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->reached_the_end);
}

TEST(ServedBytes, OfABrokenTransferAreNotLost) {
    ServedTally tally;
    EXPECT_TRUE(tally.add(id, {.bytes = 1, .reach = 1, .whole = 1'000}, noon));
    EXPECT_FALSE(tally.add(id, {.bytes = 300, .reach = 301, .whole = 1'000}, noon));
    auto const rest = tally.add(id, {.reach = 301, .whole = 1'000, .broke_off = true}, noon);
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->bytes, 300);
    EXPECT_FALSE(tally.add(id, {.reach = 301, .whole = 1'000, .broke_off = true}, noon));
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
