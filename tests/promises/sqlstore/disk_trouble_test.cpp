#include <gtest/gtest.h>

#include <future>

#include "a_device.h"
#include "faulty_disk.h"
#include "ports/devices_table.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

fleet::Device with_long_name(fleet::Device device) {
    device.name = std::string(200, 'n');
    return device;
}

struct TroubleCase {
    std::string name;
    DiskFault fault;
    int passes;  // Operations that still succeed.
    bool takes_writes_after_mending;
};

class DiskTrouble : public testing::TestWithParam<TroubleCase> {
protected:
    DiskTrouble() { disk.mend(); }
    ~DiskTrouble() override { disk.mend(); }

    Result<void> insert(std::string did) {
        return store->write([device = with_long_name(a_device(std::move(did)))](
                                Tx& tx) -> Result<void> { return tx.devices().insert(device); });
    }
    // Nearly all of them in one commit: they are queued behind a job that waits for them.
    std::vector<Result<void>> insert_together(std::vector<std::string> const& dids) {
        std::promise<void> all_queued;
        auto go = all_queued.get_future().share();
        std::promise<void> gone;
        store->submit(
            [go](Tx&) -> Result<void> {
                go.wait();
                return {};
            },
            [&gone](Result<void>) { gone.set_value(); });
        std::vector<std::promise<Result<void>>> promises(dids.size());
        for (std::size_t i = 0; i < dids.size(); ++i) {
            store->submit(
                [device = with_long_name(a_device(dids[i]))](Tx& tx) -> Result<void> {
                    return tx.devices().insert(device);
                },
                [&promises, i](Result<void> answer) { promises[i].set_value(std::move(answer)); });
        }
        all_queued.set_value();
        gone.get_future().wait();
        std::vector<Result<void>> answers;
        for (auto& promise : promises) answers.push_back(promise.get_future().get());
        return answers;
    }
    bool exists(std::string const& did) {
        auto const found = read(*store, [&](Tx const& tx) -> Result<bool> {
            auto const device = tx.devices().find(Did{did});
            if (!device && device.error().code != Errc::not_found)
                return tl::unexpected(device.error());
            return device.has_value();
        });
        EXPECT_TRUE(found) << "a read failed";
        return found && *found;
    }

    FaultyDisk& disk = FaultyDisk::get();
    stage::ScratchStore store = stage::open_store();
};

TEST_P(DiskTrouble, RefusesAllOfACommitAndAcknowledgesNothing) {
    ASSERT_TRUE(insert("before"));
    disk.fail(GetParam().fault, GetParam().passes);
    for (auto const& answer : insert_together({"a", "b", "c"})) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, Errc::unavailable) << answer.error().detail;
    }
    EXPECT_GT(disk.refused(), 0);
    // Reads still work, and see only what was acknowledged.
    EXPECT_TRUE(exists("before"));
    for (auto const* did : {"a", "b", "c"}) EXPECT_FALSE(exists(did));
    EXPECT_GE(store->counts().refused, 3U);
}

TEST_P(DiskTrouble, SaysSoUntilItIsOver) {
    EXPECT_TRUE(store->healthy());
    disk.fail(GetParam().fault, GetParam().passes);
    EXPECT_FALSE(insert("a"));
    auto const sick = store->healthy();
    ASSERT_FALSE(sick);
    EXPECT_EQ(sick.error().code, Errc::unavailable);
    disk.mend();
    auto const answer = insert("b");
    EXPECT_EQ(answer.has_value(), GetParam().takes_writes_after_mending);
    EXPECT_EQ(exists("b"), GetParam().takes_writes_after_mending);
    EXPECT_EQ(store->healthy().has_value(), GetParam().takes_writes_after_mending);
}

// No job is submitted: health() makes the store try the disk again.
TEST_P(DiskTrouble, IsNoticedToBeOverWithoutAnyWrite) {
    disk.fail(GetParam().fault, GetParam().passes);
    EXPECT_FALSE(insert("a"));
    disk.mend();
    std::ignore = store->healthy();
    // The probe is in the queue before this job.
    std::promise<void> passed;
    store->submit([](Tx&) -> Result<void> { return {}; },
                  [&passed](Result<void>) { passed.set_value(); });
    passed.get_future().wait();
    EXPECT_EQ(store->healthy().has_value(), GetParam().takes_writes_after_mending);
}

TEST_P(DiskTrouble, LosesNothingThatWasAcknowledged) {
    std::vector<std::string> acknowledged;
    for (int round = 0; round < 20; ++round) {
        disk.fail(GetParam().fault, GetParam().passes + round % 7);
        for (int i = 0; i < 3; ++i) {
            auto const did = std::to_string(round) + "-" + std::to_string(i);
            if (insert(did)) acknowledged.push_back(did);
        }
        disk.mend();
    }
    auto const file = store.get_deleter().folder / "updraft.db";
    delete store.release();
    SqliteOptions options;
    options.file = file;
    auto reopened = open_sqlite(options);
    ASSERT_TRUE(reopened) << reopened.error().detail;
    store = stage::ScratchStore((*reopened).release(), {file.parent_path()});
    for (auto const& did : acknowledged) EXPECT_TRUE(exists(did)) << did;
    EXPECT_TRUE(insert("afterwards"));
}

INSTANTIATE_TEST_SUITE_P(, DiskTrouble,
                         testing::Values(TroubleCase{"Full", DiskFault::full, 0, true},
                                         TroubleCase{"FullInTheMiddle", DiskFault::full, 2, true},
                                         TroubleCase{"Unwritable", DiskFault::unwritable, 0, true},
                                         TroubleCase{"UnwritableInTheMiddle", DiskFault::unwritable,
                                                     1, true},
                                         TroubleCase{"Unsynced", DiskFault::unsynced, 0, false}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::sqlstore
