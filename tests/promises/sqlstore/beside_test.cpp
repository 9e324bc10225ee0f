#include "sqlstore/sqlite/beside.h"

#include <gtest/gtest.h>

#include "ports/operators_table.h"
#include "sqlstore/sqlite/foreign_commits.h"
#include "sqlstore/sqlite/session.h"
#include "sqlstore/sqlite/store.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

class Beside : public testing::Test {
protected:
    ~Beside() override { std::filesystem::remove_all(folder); }
    static Store::WriteBody adding(std::string name) {
        return [name](Tx& tx) {
            return tx.operators().insert({.name = name, .created_at = stage::noon});
        };
    }
    Result<void> add_beside(std::string name) {
        return write_beside(file, adding(std::move(name)), [](AuditEntry const&) {});
    }
    static bool has(Store& store, std::string const& name) {
        return read(store, [&](Tx const& tx) { return tx.operators().find(name); }).has_value();
    }

    std::filesystem::path const folder = stage::scratch_folder();
    std::filesystem::path const file = folder / "updraft.db";
};

// A reader keeps its snapshot until it knows of a newer commit.
TEST_F(Beside, AServerSeesWhatAnotherProcessWroteAtOnce) {
    auto const store = open_sqlite({.file = file}).value();
    EXPECT_FALSE(has(*store, "ann"));
    ASSERT_TRUE(add_beside("ann"));
    EXPECT_TRUE(has(*store, "ann"));
    EXPECT_FALSE(has(*store, "bob"));
    ASSERT_TRUE(store->write(adding("bob")));
    ASSERT_TRUE(add_beside("cid"));
    EXPECT_TRUE(has(*store, "bob"));
    EXPECT_TRUE(has(*store, "cid"));
}

TEST_F(Beside, AServerKeepsNoSnapshotWhileAnotherProcessCommits) {
    auto const store = open_sqlite({.file = file}).value();
    auto foreign = ForeignCommits::open(file).value();
    EXPECT_FALSE(has(*store, "ann"));
    foreign.announce();
    foreign.announce();
    EXPECT_EQ(foreign.count() % 2, 1U);
    EXPECT_FALSE(has(*store, "ann"));
    {
        auto session = SqliteSession::open(file, Access::read_write, Sync::off).value();
        ASSERT_TRUE(
            session->execute("INSERT INTO operators (folded, name, role, approve, disabled, "
                             "created_at) VALUES ('ann', 'ann', 'viewer', 0, 0, 1)"));
    }
    EXPECT_TRUE(has(*store, "ann"));
    foreign.done();
    EXPECT_EQ(foreign.count() % 2, 0U);
}

TEST_F(Beside, NothingIsWrittenWhereNoStoreIsOrAnOlderOne) {
    EXPECT_EQ(add_beside("ann").error().code, Errc::not_found);
    EXPECT_FALSE(std::filesystem::exists(file));
    ASSERT_TRUE(open_sqlite({.file = file}));
    {
        auto session = SqliteSession::open(file, Access::read_write, Sync::off).value();
        ASSERT_TRUE(
            session->execute("DELETE FROM migrations WHERE number = "
                             "(SELECT MAX(number) FROM migrations)"));
    }
    EXPECT_EQ(add_beside("ann").error().code, Errc::conflict);
}

TEST_F(Beside, AFailedBodyWritesNothing) {
    auto const store = open_sqlite({.file = file}).value();
    ASSERT_TRUE(add_beside("ann"));
    EXPECT_EQ(add_beside("ANN").error().code, Errc::conflict);
    ASSERT_TRUE(add_beside("bob"));
    EXPECT_TRUE(has(*store, "bob"));
}

}  // namespace
}  // namespace updraft::sqlstore
