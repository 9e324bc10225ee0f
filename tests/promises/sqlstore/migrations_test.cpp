// Migrations of an older and of a newer program, applied to the same database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/session.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

using testing::HasSubstr;

constexpr Migration first{1, "0001_first",
                          "CREATE TABLE a (name TEXT NOT NULL PRIMARY KEY) /*clustered*/;"};
constexpr Migration second{2, "0002_second",
                           "CREATE TABLE b (n BIGINT); INSERT INTO b VALUES (7);"};
constexpr Migration second_changed{2, "0002_second", "CREATE TABLE b (n BIGINT);"};
constexpr Migration saying{3, "0010_lives_with",
                           "ALTER TABLE migrations ADD COLUMN lives_with BIGINT;"};
constexpr Migration broken{3, "0003_broken",
                           "CREATE TABLE c (n BIGINT); CREATE TABLE a (n BIGINT);"};

// A migration of a later version: its top says which programs can work with it.
Migration later(std::int64_t number, std::string_view text) { return {number, "later", text}; }
constexpr auto for_three = "-- More.\n-- lives with: 3\n\nCREATE TABLE d (n BIGINT);";
constexpr auto also_for_three = "-- lives with: 3\nCREATE TABLE g (n BIGINT);";
constexpr auto for_four = "-- lives with: 4\nCREATE TABLE e (n BIGINT);";
constexpr auto for_itself = "CREATE TABLE f (n BIGINT);\n-- lives with: 1\n";

class Migrations : public testing::Test {
protected:
    ~Migrations() override { std::filesystem::remove_all(folder); }

    Result<Migrated> apply(std::vector<Migration> const& known) {
        if (!session->control(sqlite_dialect.begin_write)) return fail(Errc::internal, "begin");
        auto applied = migrate(*session, sqlite_dialect, known);
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
    EXPECT_EQ(apply({first, second}).value().applied, 2);
    EXPECT_EQ(apply({first, second}).value().applied, 0);
    EXPECT_TRUE(has("a"));
    EXPECT_TRUE(has("b"));
}

TEST_F(Migrations, AreAppliedWhereTheyAreMissing) {
    EXPECT_EQ(apply({first}).value().applied, 1);
    EXPECT_FALSE(has("b"));
    EXPECT_EQ(apply({first, second}).value().applied, 1);
    EXPECT_TRUE(has("b"));
}

TEST_F(Migrations, AreRefusedWhenTheirTextChanged) {
    ASSERT_TRUE(apply({first, second}));
    auto const refused = apply({first, second_changed});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_NE(refused.error().detail.find("0002_second"), std::string::npos);
}

// A program that knows migrations up to `saying`, on a database that a newer program has migrated.
struct NewerCase {
    std::string name;
    std::vector<std::string_view> made;
    std::string refused_with;  // Empty: it works with all of them.
};
class NewerMigrations : public Migrations, public testing::WithParamInterface<NewerCase> {};

TEST_P(NewerMigrations, AreLivedWithWhenAllOfThemSaySo) {
    std::vector const known{first, second, saying};
    auto newer = known;
    for (auto const text : GetParam().made) {
        newer.push_back(later(static_cast<std::int64_t>(newer.size()) + 1, text));
    }
    ASSERT_TRUE(apply(newer));
    auto const opened = apply(known);
    if (GetParam().refused_with.empty()) {
        ASSERT_TRUE(opened) << opened.error().detail;
        EXPECT_EQ(opened->newer.size(), GetParam().made.size());
        EXPECT_EQ(opened->applied, 0);
    } else {
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, Errc::conflict);
        EXPECT_THAT(opened.error().detail, HasSubstr("newer Updraft"));
        EXPECT_THAT(opened.error().detail, HasSubstr(GetParam().refused_with));
    }
    EXPECT_EQ(apply(newer).value().applied, 0);
    // Commands that copy or check all rows must know every migration.
    auto const whole = missing_migrations(*session, known);
    ASSERT_FALSE(whole);
    EXPECT_EQ(whole.error().code, Errc::conflict);
    EXPECT_EQ(missing_migrations(*session, newer).value(), 0);
}
INSTANTIATE_TEST_SUITE_P(
    , NewerMigrations,
    testing::Values(NewerCase{"OneVersionOn", {for_three}, ""},
                    NewerCase{"TwoOfOneVersionOn", {for_three, also_for_three}, ""},
                    NewerCase{"TwoVersionsOn",
                              {for_three, for_four},
                              "that know migration 4, and "
                              "the newest that this one "
                              "knows is 3"},
                    NewerCase{"NotForUs", {for_four}, "that know migration 4"},
                    NewerCase{"SayingNothing", {for_itself}, "that know it"},
                    NewerCase{"OneOfTwoSayingNothing", {for_three, for_itself}, "that know it"}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Migrations, WithoutACompatibilityNoteNeedAProgramThatKnowsThem) {
    ASSERT_TRUE(apply({first, later(2, for_three)}));
    auto const refused = apply({first});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("that know it"));
    // The migration that added the column lives_with records it for itself and later ones, not for
    // earlier ones.
    ASSERT_TRUE(apply({first, later(2, for_three), saying}));
    EXPECT_FALSE(apply({first, saying}));
}

TEST_F(Migrations, OfThisProgramSayWhoCanLiveWithThem) {
    // Since the column lives_with exists, every migration states a number, which may be its own
    // (docs/adr/0015).
    auto const all = embedded_migrations();
    auto const first_to_say = std::ranges::find(all, "0010_lives_with", &Migration::name);
    ASSERT_NE(first_to_say, all.end());
    for (auto one = std::next(first_to_say); one != all.end(); ++one) {
        auto const oldest = lives_with(*one);
        ASSERT_TRUE(oldest) << one->name << " lacks a line `-- lives with: N` at its top";
        EXPECT_GE(*oldest, first_to_say->number) << one->name;
        EXPECT_LE(*oldest, one->number) << one->name;
    }
}

TEST_F(Migrations, LeaveTheOldShapeWhenOneFails) {
    ASSERT_TRUE(apply({first}));
    auto const failed = apply({first, second, broken});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().detail.find("0003_broken"), std::string::npos);
    EXPECT_FALSE(has("b"));
    EXPECT_FALSE(has("c"));
    EXPECT_EQ(apply({first, second}).value().applied, 1);
}

TEST_F(Migrations, OfThisProgramAreNumberedWithoutGaps) {
    std::int64_t number = 0;
    for (auto const& migration : embedded_migrations()) EXPECT_EQ(migration.number, ++number);
    EXPECT_GT(number, 0);
}

}  // namespace
}  // namespace updraft::sqlstore
