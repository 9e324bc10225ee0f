// A newer program migrates a PostgreSQL database while instances of this one work on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "a_device.h"
#include "fleet/device.h"
#include "ports/devices_table.h"
#include "sqlstore/postgres/session.h"
#include "sqlstore/schema/migrate.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

using testing::HasSubstr;

constexpr auto next_text = R"(-- lives with: 10
CREATE TABLE next_words (word TEXT NOT NULL PRIMARY KEY);
ALTER TABLE outbox ADD COLUMN next_word TEXT NOT NULL DEFAULT '';
ALTER TABLE device_attributes ADD COLUMN next_word TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN next_word TEXT NOT NULL DEFAULT '';
CREATE INDEX next_devices ON devices (next_word, did);)";

std::vector<Migration> of_next_version(std::string_view text) {
    auto const own = embedded_migrations();
    std::vector<Migration> all(own.begin(), own.end());
    all.push_back({.number = all.back().number + 1, .name = "next", .text = text});
    return all;
}

class Migrating : public testing::Test {
protected:
    std::unique_ptr<PostgresSession> session() const {
        return PostgresSession::open(options).value();
    }
    // As an instance of the next version does at its start: again until it succeeds.
    Result<Migrated> migrate_until_done(std::string_view text) const {
        auto const migrations = of_next_version(text);
        for (;;) {
            auto done = bring_to_date(options, migrations);
            if (done || done.error().code != Errc::busy) return done;
        }
    }

    stage::ScratchDatabase database;
    PostgresOptions const options{.url = database.url()};
    std::unique_ptr<SqlStore> store = open_postgres(options).value();
};

TEST_F(Migrating, UnderLoadLosesNothingAndHoldsNobodyForEver) {
    std::atomic<bool> ended = false;
    std::atomic<int> written = 0;
    std::vector<std::jthread> working;
    for (int n = 0; n < 4; ++n) {
        working.emplace_back([&, n] {
            for (int i = 0; !ended; ++i) {
                auto const did = "d" + std::to_string(n) + "-" + std::to_string(i);
                auto const done = store->write(inserting(did));
                EXPECT_TRUE(done) << done.error().detail;
                auto const found =
                    read(*store, [&](Tx const& tx) { return tx.devices().find(Did{did}); });
                EXPECT_TRUE(found) << found.error().detail;
                ++written;
            }
        });
    }
    while (written < 100) std::this_thread::yield();
    auto const migrated = migrate_until_done(next_text);
    EXPECT_TRUE(migrated) << migrated.error().detail;
    auto const before = written.load();
    while (written < before + 100) std::this_thread::yield();
    ended = true;
    working.clear();

    // An instance of this version that starts now refuses, and says why.
    auto const again = open_postgres(options);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_THAT((*again)->newer_migrations(), testing::ElementsAre("next"));
    EXPECT_TRUE((*again)->write(inserting("after")));
}

TEST_F(Migrating, WaitsNotForEverForATransactionThatDoesNotEnd) {
    auto const other = session();
    ASSERT_TRUE(other->script("BEGIN; SELECT did FROM devices LIMIT 1"));
    auto const refused = bring_to_date(options, of_next_version(next_text));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::busy);
    EXPECT_THAT(refused.error().detail, HasSubstr("migration next"));
    // Transactions that waited behind it continue, and nothing of it was applied.
    EXPECT_TRUE(store->write(inserting("meanwhile")));
    EXPECT_FALSE(other->query("SELECT word FROM next_words"));
    ASSERT_TRUE(other->script("ROLLBACK"));
    EXPECT_TRUE(bring_to_date(options, of_next_version(next_text)));
}

TEST_F(Migrating, IsLeftToOneInstanceAtATime) {
    auto const other = session();
    ASSERT_TRUE(other->script("BEGIN"));
    ASSERT_TRUE(other->script(std::string(postgres_dialect.lock_migrations)));
    auto const refused = bring_to_date(options, of_next_version(next_text));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::busy);
    EXPECT_THAT(refused.error().detail, HasSubstr("another instance"));
}

TEST_F(Migrating, EndsADeadlockWithATransactionThatGoesTheOtherWay) {
    auto const other = session();
    ASSERT_TRUE(other->script("BEGIN; LOCK TABLE devices IN ACCESS SHARE MODE"));
    std::jthread const crossing([&] {
        auto const watching = session();
        auto const migration_waits = [&] {
            auto rows = watching->query(
                "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = to_regclass('devices')");
            return rows && rows->next().value_or(false);
        };
        while (!migration_waits()) std::this_thread::yield();
        // This transaction waits for the migration, which waits for this transaction: the server
        // aborts one of them, it is run again, and both succeed.
        std::ignore = other->script("LOCK TABLE outbox IN ACCESS SHARE MODE");
        std::ignore = other->script("ROLLBACK");
    });
    auto const migrated = migrate_until_done(next_text);
    EXPECT_TRUE(migrated) << migrated.error().detail;
}

TEST_F(Migrating, ThatIsNotForThisProgramKeepsItFromStarting) {
    ASSERT_TRUE(migrate_until_done("-- lives with: 9999\nCREATE TABLE next_words (word TEXT);"));
    auto const refused = open_postgres(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().detail, HasSubstr("that know migration 9999"));
}

// PostgreSQL answers "cached plan must not change result type". No migration should cause this; if
// one does, the store reconnects, and the request still gets its answer.
TEST_F(Migrating, ThatSpoilsAPreparedStatementIsSurvived) {
    auto const find = [&] {
        return read(*store, [](Tx const& tx) { return tx.devices().find(Did{"d"}); });
    };
    ASSERT_TRUE(store->write(inserting("d")));
    ASSERT_TRUE(find());
    for (auto const* type : {"NUMERIC", "BIGINT"}) {
        ASSERT_TRUE(session()->script("ALTER TABLE devices ALTER COLUMN created_at TYPE " +
                                      std::string(type)));
        auto const found = find();
        ASSERT_TRUE(found) << found.error().detail;
        EXPECT_EQ(found->created_at, stage::noon);
        auto const written = store->write([](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto device, tx.devices().find(Did{"d"}));
            return tx.devices().replace(device);
        });
        EXPECT_TRUE(written) << written.error().detail;
    }
}

}  // namespace
}  // namespace updraft::sqlstore
