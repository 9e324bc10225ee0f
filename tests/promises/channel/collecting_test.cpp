#include <gtest/gtest.h>

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
    Downloads downloads(2);
    {
        DownloadPlace const first(downloads);
        DownloadPlace const second(downloads);
        DownloadPlace const third(downloads);
        EXPECT_TRUE(first.taken());
        EXPECT_TRUE(second.taken());
        EXPECT_FALSE(third.taken());
        EXPECT_EQ(downloads.running(), 2);
    }
    EXPECT_EQ(downloads.running(), 0);
    EXPECT_TRUE(DownloadPlace(downloads).taken());
}

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
