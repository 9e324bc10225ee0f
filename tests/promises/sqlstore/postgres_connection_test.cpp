// What happens to transactions when PostgreSQL cannot be reached, is reachable again, or has
// unsuitable settings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "a_device.h"
#include "fleet/device.h"
#include "ports/devices_table.h"
#include "sqlstore/postgres/session.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<fleet::Device> find(SqlStore& store, std::string const& did) {
    return read(store, [&](Tx const& tx) { return tx.devices().find(Did{did}); });
}

class Connection : public testing::Test {
protected:
    // Runs the SQL on a separate connection, to the database "postgres" that every server has.
    void on_server(std::string const& sql) {
        auto url = database.url();
        auto const at = url.find("/test_");
        url.replace(at, url.find('?') - at, "/postgres");
        auto const session = PostgresSession::open({.url = url}).value();
        ASSERT_TRUE(session->script(sql));
    }
    std::string name() const {
        auto const at = database.url().find("/test_") + 1;
        return database.url().substr(at, database.url().find('?') - at);
    }
    void cut_all() {
        on_server("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                  name() + "'");
    }
    void let_in(bool open) {
        on_server("ALTER DATABASE " + name() + " ALLOW_CONNECTIONS " + (open ? "true" : "false"));
    }
    std::unique_ptr<SqlStore> opened(bool prepare = true) {
        return open_postgres({.url = database.url(), .prepare = prepare}).value();
    }

    stage::ScratchDatabase database;
};

TEST_F(Connection, IsMadeAnewWhenItWasCutBetweenTransactions) {
    auto const store = opened();
    for (int round = 0; round < 5; ++round) {
        auto const did = "d" + std::to_string(round);
        auto const written = store->write(inserting(did));
        EXPECT_TRUE(written) << written.error().detail;
        cut_all();
        EXPECT_TRUE(find(*store, did));
    }
}

TEST_F(Connection, IsMadeAnewWhenItWasCutInsideATransaction) {
    auto const store = opened();
    bool cut = false;
    auto const written = store->write([&](Tx& tx) -> Result<void> {
        TRY(inserting("a")(tx));
        if (!std::exchange(cut, true)) cut_all();
        return inserting("b")(tx);
    });
    EXPECT_TRUE(written) << written.error().detail;
    EXPECT_TRUE(find(*store, "a"));
    EXPECT_TRUE(find(*store, "b"));
}

TEST_F(Connection, IsRefusedAtOnceWhileTheDatabaseIsAwayAndComesBackByItself) {
    auto const store = opened();
    ASSERT_TRUE(store->write(inserting("before")));
    let_in(false);
    cut_all();
    EXPECT_EQ(store->write(inserting("during")).error().code, Errc::unavailable);
    EXPECT_EQ(find(*store, "before").error().code, Errc::unavailable);
    EXPECT_EQ(store->healthy().error().code, Errc::unavailable);
    EXPECT_GT(store->counts().refused, 0U);
    let_in(true);
    while (!store->healthy()) std::this_thread::yield();
    EXPECT_TRUE(store->write(inserting("after")));
    EXPECT_TRUE(find(*store, "before"));
    EXPECT_EQ(find(*store, "during").error().code, Errc::not_found);
}

TEST_F(Connection, GivesUpWhenItsTurnDoesNotCome) {
    auto const store =
        open_postgres({.url = database.url(), .lock_timeout = std::chrono::milliseconds{100}})
            .value();
    auto const other = PostgresSession::open({.url = database.url()}).value();
    ASSERT_TRUE(other->script("BEGIN"));
    ASSERT_TRUE(other->script(std::string(postgres_turn)));
    // More writes than one transaction can contain.
    constexpr int writes = 200;
    std::latch told(writes);
    std::atomic<int> busy = 0;
    for (int i = 0; i < writes; ++i) {
        store->submit(inserting("d" + std::to_string(i)), [&](Result<void> written) {
            busy += !written && written.error().code == Errc::busy ? 1 : 0;
            told.count_down();
        });
    }
    told.wait();
    EXPECT_EQ(busy, writes);
    ASSERT_TRUE(other->script("ROLLBACK"));
    EXPECT_EQ(find(*store, "d0").error().code, Errc::not_found);
    EXPECT_TRUE(store->write(inserting("d0")));
}

TEST_F(Connection, WorksWithoutPreparedStatements) {
    auto const store = opened(false);
    ASSERT_TRUE(store->write(inserting("a")));
    EXPECT_EQ(store->write(inserting("a")).error().code, Errc::conflict);
    EXPECT_TRUE(find(*store, "a"));
}

TEST_F(Connection, TakesNoTextThatTheDatabaseCannotHold) {
    auto const store = opened();
    EXPECT_EQ(store->write(inserting(std::string("a\0b", 3))).error().code, Errc::invalid);
    EXPECT_EQ(store->write(inserting("\xff\xfe")).error().code, Errc::invalid);
    EXPECT_TRUE(store->write(inserting("完整 'quoted' \"twice\" \\ $1")));
    EXPECT_TRUE(find(*store, "完整 'quoted' \"twice\" \\ $1"));
}

TEST_F(Connection, IsRefusedToADatabaseOfANewerProgram) {
    ASSERT_TRUE(open_postgres({.url = database.url()}));
    {
        auto const session = PostgresSession::open({.url = database.url()}).value();
        ASSERT_TRUE(session->script(
            "INSERT INTO migrations (number, name, checksum) VALUES (999, '0999_later', 'x')"));
    }
    auto const refused = open_postgres({.url = database.url()});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().detail, HasSubstr("0999_later"));
}

TEST_F(Connection, IsRefusedToADatabaseThatIsNotInUtf8) {
    on_server("CREATE DATABASE " + name() +
              "_ascii ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0");
    auto url = database.url();
    url.replace(url.find(name()), name().size(), name() + "_ascii");
    auto const refused = open_postgres({.url = url});
    on_server("DROP DATABASE " + name() + "_ascii WITH (FORCE)");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid);
    EXPECT_THAT(refused.error().detail, HasSubstr("UTF8"));
}

TEST(PostgresUrl, IsNeverRepeatedInAnError) {
    // Each has a password that libpq would quote in its error message.
    for (auto const* url :
         {"postgresql://user:pa/hush@host/db", "postgresql://user:hush%zz@host/db",
          "postgresql://host/db?hush=1", "postgresql://user:pa@hush@host/db",
          "postgresql://user:pa?hush@host/db", "postgresql://user:pa#hush@host/db",
          "postgresql://user:p hush@host/db", "postgresql://user:12/3@hush@host/db"}) {
        auto const refused = open_postgres({.url = url});
        ASSERT_FALSE(refused) << url;
        EXPECT_EQ(refused.error().code, Errc::invalid);
        EXPECT_THAT(refused.error().detail, Not(HasSubstr("hush")));
    }
    auto const away = open_postgres({.url = "postgresql://user:hush@127.0.0.1:1/db"});
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().code, Errc::unavailable);
    EXPECT_THAT(away.error().detail, Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace updraft::sqlstore
