// Several instances, and many writers in each, on one PostgreSQL database.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "a_device.h"
#include "access/app.h"
#include "fleet/device.h"
#include "ports/apps_table.h"
#include "ports/deliveries_table.h"
#include "ports/devices_table.h"
#include "ports/outbox_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

using stage::noon;

class Instances : public testing::Test {
protected:
    static fleet::Device bound_device(std::string did) {
        auto device = a_device(std::move(did));
        device.open_id = OpenId{"user"};
        return device;
    }
    static upgrade::Upgrade an_upgrade(std::string did) {
        upgrade::Upgrade upgrade;
        upgrade.order_id = {"order-" + did};
        upgrade.did = {std::move(did)};
        upgrade.model = {"lamp"};
        upgrade.release_id = {11};
        upgrade.from_version = {"0"};
        upgrade.version = {"1"};
        upgrade.created_at = noon;
        upgrade.due_at = noon;
        return upgrade;
    }
    // Runs `work(store, n)` on `threads` threads in parallel, half of them on each instance.
    template <class Work>
    void everywhere(int threads, Work work) {
        std::vector<std::jthread> running;
        for (int n = 0; n < threads; ++n) {
            running.emplace_back([this, n, &work] { work(n % 2 == 0 ? *one : *two, n); });
        }
    }

    stage::ScratchDatabase database;
    std::unique_ptr<SqlStore> one = open_postgres({.url = database.url()}).value();
    std::unique_ptr<SqlStore> two = open_postgres({.url = database.url()}).value();
};

TEST_F(Instances, LoseNoChangeThatTwoOfThemMakeAtOnce) {
    ASSERT_TRUE(one->write([](Tx& tx) { return tx.devices().insert(bound_device("d")); }));
    constexpr int threads = 6;
    constexpr int rounds = 15;
    everywhere(threads, [](SqlStore& store, int) {
        for (int i = 0; i < rounds; ++i) {
            auto const counted = store.write([](Tx& tx) -> Result<void> {
                TRY_ASSIGN(auto device, tx.devices().find(Did{"d"}));
                device.version = {std::to_string(std::stoi(device.version.value) + 1)};
                return tx.devices().replace(device);
            });
            EXPECT_TRUE(counted) << counted.error().detail;
        }
    });
    auto const device = read(*two, [](Tx const& tx) { return tx.devices().find(Did{"d"}); });
    EXPECT_EQ(device.value().version.value, std::to_string(threads * rounds));
}

TEST_F(Instances, RefuseNothingBecauseOfRowsThatAnotherOneHasChanged) {
    access::App app;
    app.appid = {"app"};
    app.name = "app";
    app.disabled = true;
    app.created_at = noon;
    ASSERT_TRUE(one->write([&](Tx& tx) { return tx.apps().insert(app); }));
    // With one writer, so that its next transaction has the row in its cache.
    auto const other = open_postgres({.url = database.url(), .writers = 1}).value();
    auto const refuse_disabled = [](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto const found, tx.apps().find(AppId{"app"}));
        if (found->disabled) return fail(Errc::conflict, "it is disabled");
        return {};
    };
    ASSERT_FALSE(other->write(refuse_disabled));
    app.disabled = false;
    ASSERT_TRUE(one->write([&](Tx& tx) { return tx.apps().replace(app); }));
    EXPECT_TRUE(other->write(refuse_disabled));
}

TEST_F(Instances, GiveEveryUpgradeItsOwnIdAndEveryDeviceOneUpgrade) {
    constexpr int threads = 6;
    constexpr int devices = 20;
    std::mutex mutex;
    std::set<std::int64_t> ids;
    std::atomic<int> refused = 0;
    everywhere(threads, [&](SqlStore& store, int) {
        for (int i = 0; i < devices; ++i) {
            auto const did = "d" + std::to_string(i);
            auto const opened =
                write(store, [&](Tx& tx) { return tx.upgrades().open(an_upgrade(did)); });
            if (!opened) {
                EXPECT_EQ(opened.error().code, Errc::conflict) << opened.error().detail;
            }
            refused += opened ? 0 : 1;
            std::scoped_lock const lock(mutex);
            if (opened) {
                EXPECT_TRUE(ids.insert(opened->value).second);
            }
        }
    });
    EXPECT_EQ(ids.size(), devices);
    EXPECT_EQ(refused, threads * devices - devices);
}

TEST_F(Instances, GiveTheUpgradesOfOneOrderIdsThatFollowOneAnother) {
    static constexpr int devices = 30;
    ASSERT_TRUE(one->write([](Tx& tx) -> Result<void> {
        for (int i = 0; i < devices; ++i) {
            for (auto const* user : {"a", "b"}) {
                auto device = bound_device(std::string(user) + std::to_string(i));
                device.open_id = OpenId{user};
                TRY(tx.devices().insert(device));
            }
        }
        return {};
    }));
    everywhere(4, [](SqlStore& store, int n) {
        if (n >= 2) {
            for (int i = 0; i < devices; ++i) {
                auto const did = "single" + std::to_string(n) + "-" + std::to_string(i);
                EXPECT_TRUE(
                    write(store, [&](Tx& tx) { return tx.upgrades().open(an_upgrade(did)); }));
            }
            return;
        }
        OpenMany const wanted{.after = {},
                              .until = {"~"},
                              .count = devices,
                              .order_id = {"many"},
                              .open_id = {n == 0 ? "a" : "b"},
                              .model = {"lamp"},
                              .from_version = {"0"},
                              .release_id = {11},
                              .version = {"1"},
                              .now = noon,
                              .due_at = noon};
        auto const opened =
            write(store, [&](Tx& tx) { return tx.upgrades().open_many(wanted); }).value();
        EXPECT_EQ(opened.count, devices);
        auto const own = read(store, [&](Tx const& tx) {
            return tx.upgrade_lists().between(wanted.order_id, opened.first, opened.last, 1000);
        });
        EXPECT_EQ(own.value().size(), devices);
        for (auto const& upgrade : own.value()) EXPECT_EQ(upgrade.open_id, wanted.open_id);
    });
}

// One instance delivers the last message of a lane while another one writes the next message: the
// second one has to see the change of the first one, or that message would never be sent.
TEST_F(Instances, NeverLeaveALaneOfMessagesWithoutAHead) {
    AppId const shop{"shop"};
    Did const did{"d"};
    auto const id = [](int n) {
        auto const digits = std::to_string(n);
        return WebhookId{"msg_" + std::string(26 - digits.size(), '0') + digits};
    };
    auto const enqueue = [&](SqlStore& store, int n) {
        return store.write([&, n](Tx& tx) {
            return tx.outbox().enqueue({.webhook_id = id(n),
                                        .appid = shop,
                                        .did = did,
                                        .type = push::MsgType::result,
                                        .upgrade = {11},
                                        .body = "{}",
                                        .created_at = noon,
                                        .due_at = noon});
        });
    };
    constexpr int rounds = 40;
    ASSERT_TRUE(enqueue(*one, 0));
    for (int n = 0; n < rounds; ++n) {
        std::jthread const writing([&] { EXPECT_TRUE(enqueue(*two, n + 1)); });
        auto const sent = write(*one, [&](Tx& tx) {
            return tx.deliveries().record(id(n), {.at = noon, .status = 200}, Delivered{});
        });
        EXPECT_TRUE(sent.value());
    }
    auto const due = read(*one, [&](Tx const& tx) {
        return tx.outbox().due(
            {.appid = shop, .stream = push::Stream::upgrade, .now = noon, .limit = 10, .skip = {}});
    });
    ASSERT_EQ(due.value().size(), 1U);
    EXPECT_EQ(due.value().front().webhook_id, id(rounds));
}

TEST_F(Instances, RememberNothingThatAnotherOneChanged) {
    access::App app;
    app.appid = {"shop"};
    app.created_at = noon;
    auto const name_in = [](SqlStore& store) {
        return read(store, [](Tx const& tx) -> Result<std::string> {
            TRY_ASSIGN(auto const found, tx.apps().find(AppId{"shop"}));
            return found->name;
        });
    };
    EXPECT_EQ(name_in(*two).error().code, Errc::not_found);
    ASSERT_TRUE(one->write([&](Tx& tx) { return tx.apps().insert(app); }));
    for (auto const* name : {"first", "second", "third"}) {
        app.name = name;
        ASSERT_TRUE(one->write([&](Tx& tx) { return tx.apps().replace(app); }));
        for (int again = 0; again < 20; ++again) {
            EXPECT_EQ(name_in(*two).value(), name);
            EXPECT_EQ(name_in(*one).value(), name);
        }
    }
}

TEST(FirstStart, OfSeveralInstancesAtOnceMakesOneSchema) {
    stage::ScratchDatabase const database;
    std::vector<std::jthread> starting;
    for (int i = 0; i < 4; ++i) {
        starting.emplace_back([&] {
            auto const opened = open_postgres({.url = database.url(), .writers = 1, .readers = 1});
            EXPECT_TRUE(opened) << opened.error().detail;
        });
    }
}

}  // namespace
}  // namespace updraft::sqlstore
