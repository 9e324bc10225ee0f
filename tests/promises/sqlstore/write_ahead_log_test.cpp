#include <gtest/gtest.h>

#include <string>

#include "a_device.h"
#include "ports/devices_table.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

fleet::Device device_number(int number) {
    auto device = a_device("device-" + std::to_string(number));
    device.name = std::string(128, 'n');
    return device;
}

// 16 MiB of pages, and what one large transaction adds before the size is checked.
constexpr std::uint64_t log_bytes_max = 24 << 20;

TEST(WriteAheadLog, StaysShortBesideAThreadThatStoppedReading) {
    auto const store = stage::open_store();
    // From here on this thread does not use its snapshot any more.
    ASSERT_FALSE(read(*store, [](Tx const& tx) { return tx.devices().find(Did{"none"}); }));
    int number = 0;
    std::uint64_t longest = 0;
    while (store->counts().checkpoints < 3 && number < 400'000) {
        auto const first = number;
        number += 2'000;
        ASSERT_TRUE(store->write([first](Tx& tx) -> Result<void> {
            for (int i = 0; i < 2'000; ++i) TRY(tx.devices().insert(device_number(first + i)));
            return {};
        }));
        longest = std::max(longest, store->counts().write_ahead_bytes);
    }
    EXPECT_GE(store->counts().checkpoints, 3U);
    EXPECT_LT(longest, log_bytes_max);
    auto const last = device_number(number - 1).did;
    EXPECT_TRUE(read(*store, [&](Tx const& tx) { return tx.devices().find(last); }));
}

TEST(WriteAheadLog, IsEmptiedIntoTheFileWhenTheStoreCloses) {
    auto const folder = stage::scratch_folder();
    SqliteOptions options;
    options.file = folder / "updraft.db";
    {
        auto const store = open_sqlite(options).value();
        ASSERT_TRUE(store->write([](Tx& tx) { return tx.devices().insert(device_number(1)); }));
        ASSERT_TRUE(
            read(*store, [](Tx const& tx) { return tx.devices().find(device_number(1).did); }));
        EXPECT_TRUE(std::filesystem::exists(folder / "updraft.db-wal"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "updraft.db-wal"));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace updraft::sqlstore
