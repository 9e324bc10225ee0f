#include <gtest/gtest.h>

#include "sqlstore/dialect.h"
#include "sqlstore/sqlite/session.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

TEST(Dialect, ClustersATableTheWayTheDatabaseKnows) {
    EXPECT_EQ(in_dialect(sqlite_dialect, "CREATE TABLE a (b) /*clustered*/;\nCREATE TABLE c (d);"),
              "CREATE TABLE a (b) WITHOUT ROWID;\nCREATE TABLE c (d);");
    EXPECT_EQ(in_dialect(sqlite_dialect, ""), "");
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
