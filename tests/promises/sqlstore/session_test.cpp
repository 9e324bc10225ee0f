#include <gtest/gtest.h>

#include "sqlstore/sqlite/session.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

class Sessions : public testing::Test {
protected:
    void SetUp() override {
        auto opened = SqliteSession::open(folder / "db", Access::read_write, Sync::off);
        ASSERT_TRUE(opened) << opened.error().detail;
        session = *std::move(opened);
        ASSERT_TRUE(
            session->script("CREATE TABLE things (name TEXT NOT NULL PRIMARY KEY, "
                            "number BIGINT CHECK (number <> 13))"));
    }
    void TearDown() override {
        session.reset();
        std::filesystem::remove_all(folder);
    }
    Result<std::int64_t> add(std::string_view name, std::optional<std::int64_t> number) {
        return session->execute("INSERT INTO things (name, number) VALUES ($1, $2)", name, number);
    }
    std::vector<std::string> names() {
        std::vector<std::string> found;
        auto rows = session->query("SELECT name FROM things ORDER BY name LIMIT 100");
        if (!rows) return {rows.error().detail};
        for (;;) {
            auto const more = rows->next();
            if (!more || !*more) return found;
            found.emplace_back(rows->text(0));
        }
    }

    std::filesystem::path const folder = stage::scratch_folder();
    std::unique_ptr<SqliteSession> session;
};

TEST_F(Sessions, BindByNumberInAnyOrderAndMoreThanOnce) {
    auto rows = session->query("SELECT $3, $1, $2, $1", "one", std::int64_t{2}, nullptr);
    ASSERT_TRUE(rows) << rows.error().detail;
    ASSERT_TRUE(*rows->next());
    EXPECT_TRUE(rows->is_null(0));
    EXPECT_EQ(rows->text(1), "one");
    EXPECT_EQ(rows->number(2), 2);
    EXPECT_EQ(rows->text(3), "one");
    EXPECT_FALSE(*rows->next());
    EXPECT_FALSE(*rows->next());  // Calls after the end also answer false.
}

TEST_F(Sessions, KeepTextWithAnyBytesApartFromNull) {
    std::string const odd("a\0b'\"\xff", 6);
    ASSERT_TRUE(add(odd, 1));
    ASSERT_TRUE(add("", std::nullopt));
    EXPECT_EQ(names(), (std::vector<std::string>{"", odd}));
    EXPECT_EQ(add(std::string_view{}, 2).error().code, Errc::conflict);  // "" exists already.
}

TEST_F(Sessions, LookAtTextOnlyDuringTheCall) {
    std::string text = "a text that is too long to be kept inside of the string itself";
    auto const original = text;
    auto rows = session->query("SELECT $1 UNION ALL SELECT $1", text);
    ASSERT_TRUE(rows);
    text.assign(text.size(), 'x');
    while (*rows->next()) EXPECT_EQ(rows->text(0), original);
}

TEST_F(Sessions, RefuseAnotherNumberOfParametersThanTheTextNames) {
    auto const fewer = session->query("SELECT $1, $2", 1);
    EXPECT_EQ(fewer.error().code, Errc::internal);
    auto const more = session->execute("DELETE FROM things WHERE name = $1", "a", "b");
    EXPECT_EQ(more.error().code, Errc::internal);
    auto const unnamed = session->query("SELECT ?", 1);
    EXPECT_EQ(unnamed.error().code, Errc::internal);
}

struct FailureCase {
    std::string name;
    std::string sql;
    Errc code;
};
class Failures : public Sessions, public testing::WithParamInterface<FailureCase> {};

TEST_P(Failures, HaveACodeAndLeaveTheSessionUsable) {
    ASSERT_TRUE(add("a", 1));
    auto const answer = session->execute(GetParam().sql);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, GetParam().code) << answer.error().detail;
    EXPECT_EQ(names(), std::vector<std::string>{"a"});
}
INSTANTIATE_TEST_SUITE_P(
    , Failures,
    testing::Values(FailureCase{"UniqueIsAConflict", "INSERT INTO things (name) VALUES ('a')",
                                Errc::conflict},
                    FailureCase{"CheckIsABug", "UPDATE things SET number = 13", Errc::internal},
                    FailureCase{"NotNullIsABug", "UPDATE things SET name = NULL", Errc::internal},
                    FailureCase{"UnknownTableIsABug", "DELETE FROM nothings", Errc::internal},
                    FailureCase{"NoStatementIsABug", "-- nothing", Errc::internal}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Sessions, CarryOutAReturningStatementThatNobodyReads) {
    {
        auto const rows =
            session->query("INSERT INTO things (name) VALUES ('a'), ('b'), ('c') RETURNING name");
        ASSERT_TRUE(rows);
    }
    EXPECT_EQ(names().size(), 3U);
}

TEST_F(Sessions, SayHowManyRowsChanged) {
    ASSERT_TRUE(add("a", 1));
    ASSERT_TRUE(add("b", 2));
    EXPECT_EQ(session->execute("UPDATE things SET number = 5").value(), 2);
    EXPECT_EQ(session->execute("UPDATE things SET number = 5 WHERE name = 'c'").value(), 0);
    EXPECT_EQ(session->execute("SELECT 1").value(), 0);
}

TEST_F(Sessions, RunTheSameTextInsideItself) {
    for (auto const* name : {"a", "b"}) ASSERT_TRUE(add(name, 1));
    static constexpr std::string_view text = "SELECT name FROM things ORDER BY name LIMIT 9";
    std::string seen;
    auto outer = session->query(text);
    while (*outer->next()) {
        auto inner = session->query(text);
        while (*inner->next()) seen += std::string(outer->text(0)) + std::string(inner->text(0));
    }
    EXPECT_EQ(seen, "aaabbabb");
}

TEST_F(Sessions, TellTextsApartThatUseTheSameAddress) {
    std::string text = "SELECT 1";
    auto const number = [&] {
        auto rows = session->query(std::string_view(text));
        return *rows->next() ? rows->number(0) : -1;
    };
    EXPECT_EQ(number(), 1);
    text.back() = '2';
    EXPECT_EQ(number(), 2);
    for (int i = 0; i < 5'000; ++i) {
        auto const built = "SELECT " + std::to_string(i);
        auto rows = session->query(std::string_view(built));
        ASSERT_TRUE(*rows->next());
        ASSERT_EQ(rows->number(0), i);
    }
}

TEST_F(Sessions, ReportAColumnThatIsNotOfItsType) {
    ASSERT_TRUE(session->script("INSERT INTO things VALUES ('a', 'not a number')"));
    auto rows = session->query("SELECT number, name FROM things WHERE name = $1", "a");
    ASSERT_TRUE(*rows->next());
    EXPECT_TRUE(session->take_mistype());
    EXPECT_EQ(rows->number(0), 0);
    EXPECT_EQ(session->take_mistype().error().code, Errc::corrupt);
    EXPECT_TRUE(session->take_mistype());
    EXPECT_EQ(rows->number(1), 0);
    EXPECT_FALSE(session->take_mistype());
}

TEST_F(Sessions, ReportANullThatNobodyAskedFor) {
    ASSERT_TRUE(add("a", std::nullopt));
    auto rows = session->query("SELECT number FROM things WHERE name = $1", "a");
    ASSERT_TRUE(*rows->next());
    EXPECT_EQ(rows->maybe_number(0), std::nullopt);
    EXPECT_TRUE(session->take_mistype());
    EXPECT_EQ(rows->number(0), 0);
    EXPECT_FALSE(session->take_mistype());
}

TEST_F(Sessions, RefuseAFileThatIsNoDatabase) {
    auto const file = folder / "letter.txt";
    std::FILE* const letter = std::fopen(file.c_str(), "w");
    std::string const text(4'096, 'x');
    std::fwrite(text.data(), 1, text.size(), letter);
    std::fclose(letter);
    auto const opened = SqliteSession::open(file, Access::read_write, Sync::off);
    EXPECT_EQ(opened.error().code, Errc::corrupt);
    auto const nowhere = SqliteSession::open(folder / "no" / "db", Access::read_write, Sync::off);
    EXPECT_EQ(nowhere.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace updraft::sqlstore
