#include "channel/next_work.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "ports/devices_table.h"
#include "push/outbox.h"
#include "stage/manual_clock.h"
#include "stage/no_blobs.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"

namespace updraft::channel {
namespace {

using stage::noon;
constexpr Millis polling = std::chrono::minutes{5};

class NextWorkOf : public testing::Test {
protected:
    void SetUp() override {
        fleet::Device device;
        device.did = Did{"lamp"};
        device.model = ModelName{"lamp"};
        device.version = Version{"1.0"};
        device.token_digest = sha256("secret");
        auto const made = write(*store, [&](Tx& tx) { return tx.devices().insert(device); });
        ASSERT_TRUE(made);
    }
    Result<NextWork> ask(std::string const& token) {
        DeviceCall call{Did{"lamp"}, {.digest = sha256(token)}};
        boost::asio::io_context io;
        auto answer = boost::asio::co_spawn(io, next_work(context, std::move(call), noon),
                                            boost::asio::use_future);
        io.run();
        return answer.get();
    }

    stage::ScratchStore store = stage::open_store();
    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    push::Outbox outbox{id_source, {}};
    Presence presence;
    upgrade::Limits limits;
    upgrade::Means means{.limits = limits,
                         .id_source = id_source,
                         .listener = outbox,
                         .presence = &presence,
                         .polling = polling};
    stage::NoBlobs blobs;
    ServedTally served;
    Context context{*store, clock, means, blobs, presence, served, DownloadLimits{1}};
};

TEST_F(NextWorkOf, AnIdleDeviceIsNothingAndItsInterval) {
    auto const found = ask("secret");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->task, upgrade::Task::nothing);
    EXPECT_FALSE(found->upgrade_is_near);
    EXPECT_EQ(found->polling, polling);
    EXPECT_EQ(found->last_seen, std::nullopt);
}

TEST_F(NextWorkOf, AnUnknownTokenIsRefused) {
    auto const found = ask("guess");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::unauthorized);
}

struct NewsCase {
    std::string name;
    std::optional<Millis> age;  // Of the stored sign of life.
    bool noted;
};
class ASignOfLife : public testing::TestWithParam<NewsCase> {};
TEST_P(ASignOfLife, IsNotedUnlessTheStoredOneIsNearlyAsNew) {
    NextWork found;
    found.polling = polling;
    if (GetParam().age) found.last_seen = noon - *GetParam().age;
    EXPECT_EQ(is_news(found, noon), GetParam().noted);
}
INSTANTIATE_TEST_SUITE_P(, ASignOfLife,
                         testing::Values(NewsCase{"TheFirst", std::nullopt, true},
                                         NewsCase{"JustStored", Millis{0}, false},
                                         NewsCase{"BeforeATwentieth", polling / 20 - Millis{1},
                                                  false},
                                         NewsCase{"AfterATwentieth", polling / 20, true},
                                         NewsCase{"FromTheFuture", Millis{-1}, true}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::channel
