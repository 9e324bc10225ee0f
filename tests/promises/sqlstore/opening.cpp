#include <gtest/gtest.h>

#include "sqlstore/migrate.h"
#include "sqlstore/sqlite_session.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

constexpr Migration first{1, "0001_first",
                          "CREATE TABLE a (name TEXT NOT NULL PRIMARY KEY) /*clustered*/;"};
constexpr Migration second{2, "0002_second",
                           "CREATE TABLE b (n BIGINT); INSERT INTO b VALUES (7);"};
constexpr Migration second_changed{2, "0002_second", "CREATE TABLE b (n BIGINT);"};
constexpr Migration broken{3, "0003_broken",
                           "CREATE TABLE c (n BIGINT); CREATE TABLE a (n BIGINT);"};

class Migrations : public testing::Test {
protected:
    ~Migrations() override { std::filesystem::remove_all(folder); }

    Result<std::int64_t> apply(std::vector<Migration> const& known) {
        if (!session->control(sqlite_dialect.begin_write)) return fail(Errc::internal, "begin");
        auto const applied = migrate(*session, sqlite_dialect, known);
        std::ignore = session->control(applied ? sqlite_dialect.commit : sqlite_dialect.rollback);
        return applied;
    }
    bool has(std::string const& table) {
        return session->query("SELECT 1 FROM " + table).has_value();
    }

    std::filesystem::path const folder = stage::scratch_folder();
    std::unique_ptr<SqliteSession> session =
        SqliteSession::open(folder / "db", Access::read_write, Sync::off).value();
};

TEST_F(Migrations, AreAppliedInOrderAndOnce) {
    EXPECT_EQ(apply({first, second}).value(), 2);
    EXPECT_EQ(apply({first, second}).value(), 0);
    EXPECT_TRUE(has("a"));
    EXPECT_TRUE(has("b"));
}

TEST_F(Migrations, AreAppliedWhereTheyAreMissing) {
    EXPECT_EQ(apply({first}).value(), 1);
    EXPECT_FALSE(has("b"));
    EXPECT_EQ(apply({first, second}).value(), 1);
    EXPECT_TRUE(has("b"));
}

TEST_F(Migrations, AreRefusedWhenTheirTextChanged) {
    ASSERT_TRUE(apply({first, second}));
    auto const refused = apply({first, second_changed});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_NE(refused.error().detail.find("0002_second"), std::string::npos);
}

TEST_F(Migrations, OfANewerProgramAreRefused) {
    ASSERT_TRUE(apply({first, second}));
    auto const refused = apply({first});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_NE(refused.error().detail.find("newer"), std::string::npos);
}

TEST_F(Migrations, LeaveTheOldShapeWhenOneFails) {
    ASSERT_TRUE(apply({first}));
    auto const failed = apply({first, second, broken});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().detail.find("0003_broken"), std::string::npos);
    EXPECT_FALSE(has("b"));
    EXPECT_FALSE(has("c"));
    EXPECT_EQ(apply({first, second}).value(), 1);
}

TEST_F(Migrations, OfThisProgramAreNumberedWithoutGaps) {
    std::int64_t number = 0;
    for (auto const& migration : embedded_migrations()) EXPECT_EQ(migration.number, ++number);
    EXPECT_GT(number, 0);
}

TEST(Dialect, ClustersATableTheWayTheDatabaseKnows) {
    EXPECT_EQ(spoken(sqlite_dialect, "CREATE TABLE a (b) /*clustered*/;\nCREATE TABLE c (d);"),
              "CREATE TABLE a (b) WITHOUT ROWID;\nCREATE TABLE c (d);");
    EXPECT_EQ(spoken(sqlite_dialect, ""), "");
}

class Opening : public testing::Test {
protected:
    ~Opening() override { std::filesystem::remove_all(folder); }
    std::filesystem::path const folder = stage::scratch_folder();
    SqliteOptions const options{.file = folder / "updraft.db"};
};

TEST_F(Opening, ASecondTimeIsRefusedWhileTheFirstLives) {
    {
        auto const one = open_sqlite(options);
        ASSERT_TRUE(one) << one.error().detail;
        auto const two = open_sqlite(options);
        ASSERT_FALSE(two);
        EXPECT_EQ(two.error().code, Errc::conflict);
        EXPECT_NE(two.error().detail.find("another server"), std::string::npos);
    }
    EXPECT_TRUE(open_sqlite(options));
}

TEST_F(Opening, ADatabaseOfANewerProgramIsRefused) {
    ASSERT_TRUE(open_sqlite(options));
    {
        auto session = SqliteSession::open(options.file, Access::read_write, Sync::off).value();
        ASSERT_TRUE(
            session->execute("INSERT INTO migrations (number, name, checksum) "
                             "VALUES (9999, '9999_future', 'x')"));
    }
    auto const refused = open_sqlite(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_NE(refused.error().detail.find("9999_future"), std::string::npos);
}

TEST_F(Opening, AFolderThatIsNotThereIsUnavailable) {
    auto const refused = open_sqlite({.file = folder / "missing" / "updraft.db"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace updraft::sqlstore
