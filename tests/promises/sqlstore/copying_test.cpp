#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/database.h"
#include "sqlstore/upkeep/copy.h"
#include "sqlstore/upkeep/shape.h"
#include "sqlstore/upkeep/table_walk.h"
#include "stage/open_store.h"
#include "stage/sound_rows.h"

namespace updraft::sqlstore {
namespace {

using testing::HasSubstr;

// More rows than one batch, with every unusual value that a column can hold.
constexpr std::string_view many_devices =
    "INSERT INTO devices (did, name, model, version, open_id, token_digest, attributes_wanted, "
    "last_seen, created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
    "WHERE i < 1203) SELECT 'x' || i, CASE i % 4 WHEN 0 THEN '' WHEN 1 THEN 'o''neill \"x\"' "
    "WHEN 2 THEN 'Lampe für Küche 灯' ELSE 'plain' END, 'lamp', '1.0', NULL, 'digest', i % 2, "
    "CASE WHEN i % 3 = 0 THEN NULL ELSE i * -9000000000000 END, i FROM n;";

class Copying : public testing::Test {
protected:
    Copying() {
        EXPECT_TRUE(from.session->script(std::string(stage::sound_rows())));
        EXPECT_TRUE(from.session->script(std::string(many_devices)));
    }
    ~Copying() override { std::filesystem::remove_all(folder); }

    [[nodiscard]] Database open(std::string const& name) const {
        return open_to_fill(folder / name).value();
    }
    static std::vector<TableSum> sums(Database const& database) {
        std::vector<TableSum> sums;
        auto const tables = current_tables().value();
        for (auto const& table : tables) {
            sums.push_back(sum_of(*database.session, table).value());
        }
        return sums;
    }
    static std::int64_t rows_in(std::vector<TableSum> const& sums) {
        std::int64_t rows = 0;
        for (auto const& sum : sums) rows += sum.rows;
        return rows;
    }

    std::filesystem::path const folder = stage::scratch_folder();
    Database from = open("from.db");
    Database to = open("to.db");
};

TEST(ShapeOfToday, HasEveryTableWithItsColumnsAndKey) {
    auto const tables = current_tables().value();
    auto const timeline = std::ranges::find(tables, "upgrade_timeline", &Table::name);
    ASSERT_NE(timeline, tables.end());
    EXPECT_EQ(timeline->columns.front(), (Column{"upgrade_id", ColumnKind::number}));
    EXPECT_EQ(timeline->columns.back(), (Column{"text", ColumnKind::text}));
    EXPECT_EQ(timeline->key, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(std::ranges::find(tables, "migrations", &Table::name), tables.end());
    EXPECT_NE(std::ranges::find(tables, "outbox", &Table::name), tables.end());
}

TEST_F(Copying, CarriesEveryRowAsItIs) {
    auto const before = sums(from);
    auto const copied = copy_all(from, to);
    ASSERT_TRUE(copied) << copied.error().detail;
    EXPECT_EQ(sums(to), before);
    EXPECT_EQ(sums(from), before);
    std::int64_t rows = 0;
    for (auto const& table : *copied) rows += table.rows;
    EXPECT_EQ(rows, rows_in(before));
    EXPECT_GT(rows, 1203);
}

TEST_F(Copying, IntoAStoreThatHoldsAnythingIsRefusedAndChangesNothing) {
    ASSERT_TRUE(to.session->script("INSERT INTO users VALUES ('u9', NULL, NULL, 1);"));
    auto const refused = copy_all(from, to);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().detail, HasSubstr("users"));
    EXPECT_EQ(rows_in(sums(to)), 1);
}

TEST_F(Copying, OfACorruptRowLeavesTheNewStoreEmpty) {
    ASSERT_TRUE(from.session->script("UPDATE upgrades SET created_at = 'noon';"));
    auto const refused = copy_all(from, to);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::corrupt);
    EXPECT_EQ(rows_in(sums(to)), 0);
    ASSERT_TRUE(from.session->script("UPDATE upgrades SET created_at = 1;"));
    EXPECT_TRUE(copy_all(from, to));
}

TEST_F(Copying, OfAnOlderShapeIsRefused) {
    ASSERT_TRUE(from.session->script("DELETE FROM migrations WHERE number = 5;"));
    auto const refused = copy_all(from, to);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().detail, HasSubstr("older shape"));
}

TEST_F(Copying, FromAStoreThatAServerHoldsIsRefused) {
    auto const refused = open_to_empty(folder / "from.db");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_FALSE(open_to_empty(folder / "nowhere.db"));
    EXPECT_FALSE(std::filesystem::exists(folder / "nowhere.db.lock"));
}

TEST_F(Copying, TellsRowsApartThatReadTheSameInOneLine) {
    TableSum one;
    TableSum other;
    one.add({{std::string("a"), std::string("bc")}});
    other.add({{std::string("ab"), std::string("c")}});
    EXPECT_NE(one, other);
    TableSum nothing;
    TableSum empty;
    nothing.add({{std::monostate{}}});
    empty.add({{std::string()}});
    EXPECT_NE(nothing, empty);
}

}  // namespace
}  // namespace updraft::sqlstore
