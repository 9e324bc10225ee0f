// What every store promises about the rows of receivers.
#include "backend.h"
#include "ports/receivers_table.h"

namespace updraft::contract {
namespace {

class Receivers : public StoreContract {};

TEST_P(Receivers, KnowsReceivers) {
    auto const unknown = read(store(), [](Tx const& tx) { return tx.receivers().find(shop); });
    EXPECT_EQ(unknown.error().code, Errc::not_found);
    Receiver receiver{.appid = shop,
                      .url = "https://example.com/push",
                      .failures = 3,
                      .due_at = noon + Millis{10},
                      .pause = Millis{500}};
    auto const put_it = [&] { written([&](Tx& tx) { return tx.receivers().put(receiver); }); };
    auto const due_at = [&](Instant now) {
        return seen([&](Tx const& tx) { return tx.receivers().due(now, 10); }).size();
    };
    put_it();
    auto const kept = seen([](Tx const& tx) { return tx.receivers().find(shop); });
    EXPECT_EQ(kept.url, receiver.url);
    EXPECT_EQ(kept.failures, 3);
    EXPECT_EQ(kept.due_at, receiver.due_at);
    EXPECT_EQ(kept.pause, receiver.pause);
    EXPECT_EQ(due_at(noon + Millis{9}), 0U);
    EXPECT_EQ(due_at(noon + Millis{10}), 1U);
    EXPECT_EQ(seen([](Tx const& tx) { return tx.receivers().next_due(noon); }), noon + Millis{10});
    receiver.due_at = noon + std::chrono::hours{9'000};
    put_it();
    written([](Tx& tx) { return tx.receivers().pull_in(noon + std::chrono::hours{48}, noon); });
    EXPECT_EQ(due_at(noon), 1U);
    receiver.due_at.reset();
    put_it();
    EXPECT_EQ(due_at(noon + std::chrono::hours{9'999}), 0U);
    written([](Tx& tx) { return tx.receivers().remove(shop); });
    EXPECT_FALSE(read(store(), [](Tx const& tx) { return tx.receivers().find(shop); }));
}

ON_EVERY_BACKEND(Receivers);

}  // namespace
}  // namespace updraft::contract
