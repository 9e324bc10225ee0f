#include <gtest/gtest.h>

#include "ddi/conditions.h"
#include "ddi/poll.h"
#include "ddi/served_bytes.h"
#include "ddi/signs_of_life.h"
#include "ports/devices_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::ddi {
namespace {

constexpr Instant noon = stage::ManualClock::noon;

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
    SignsOfLife signs;
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
    // Enough, but too soon; late enough, but too little; both.
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

TEST(Conditions, NameACopyOfTheFile) {
    firmware::Artifact artifact;
    artifact.digests.sha256 = "abc";
    auto const file = validators_of(artifact, noon);
    EXPECT_EQ(file.etag, "\"abc\"");
    EXPECT_EQ(file.last_modified, "Mon, 23 Nov 2026 12:00:00 GMT");
    auto const with = [](std::string_view name, std::string_view value) {
        static http::Field field;
        field = {name, value};
        http::Request request;
        request.fields = std::span(&field, 1);
        return request;
    };
    EXPECT_EQ(unmet_condition(with("If-Match", "\"abc\""), file), std::nullopt);
    EXPECT_EQ(unmet_condition(with("If-Match", "*"), file), std::nullopt);
    EXPECT_EQ(unmet_condition(with("If-Match", "\"x\", \"y\""), file), 412);
    EXPECT_EQ(unmet_condition(with("If-Match", "W/\"abc\""), file), 412);
    EXPECT_EQ(unmet_condition(with("If-None-Match", "W/\"abc\""), file), 304);
    EXPECT_EQ(unmet_condition(with("If-None-Match", "\"x\""), file), std::nullopt);
}

TEST(Disposition, SurvivesAnyFileName) {
    EXPECT_EQ(disposition("a 1.swu"), "attachment; filename=\"a 1.swu\"");
    EXPECT_EQ(disposition("a\"b"), "attachment; filename*=UTF-8''a%22b");
    EXPECT_EQ(disposition("固件"), "attachment; filename*=UTF-8''%E5%9B%BA%E4%BB%B6");
}

}  // namespace
}  // namespace updraft::ddi
