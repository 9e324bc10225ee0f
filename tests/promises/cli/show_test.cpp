#include "cli/show.h"

#include <gtest/gtest.h>

#include <array>

namespace updraft::cli {
namespace {

json::Object object_of(std::string_view text) { return json::read_object(text).value(); }

TEST(Shown, ListsAreAlignedAlsoWithOtherScripts) {
    auto const answer = object_of(R"({"items":[{"did":"d1","name":"客厅灯"},{"did":"device-2"}]})");
    constexpr std::array<std::string_view, 2> columns{"did", "name"};
    auto const rows = rows_of(*json::array_member(answer, "items").value(), columns);
    EXPECT_EQ(Table({"did", "name"}, 0).page(rows),
              "did       name\n"
              "d1        客厅灯\n"
              "device-2  -\n");
}

TEST(Shown, ObjectsAreALineAFieldAndTheirListsAreTables) {
    EXPECT_EQ(as_fields(object_of(R"({"id":7,"state":"failed","cause":null,"requires":["1","2"],)"
                                  R"("timeline":[{"at":"t1","state":"queued"}]})"),
                        0),
              "id        7\n"
              "state     failed\n"
              "cause     -\n"
              "requires  1, 2\n"
              "timeline\n"
              "  at  state\n"
              "  t1  queued\n");
}

TEST(Shown, ControlCharactersDoNotReachTheTerminal) {
    EXPECT_EQ(as_fields(object_of(R"({"name":"a\u001b[31mb\nc"})"), 0),
              "name  a\\u001b[31mb\\u000ac\n");
}

TEST(Shown, NeitherNamesNorValuesTurnTheLineRound) {
    auto const hostile = object_of(R"({"a\u202eb":"c\u2066\u009b\u2028d","l":[{"x\u0007":"y"}]})");
    EXPECT_EQ(as_fields(hostile, 0),
              "a\\u202eb  c\\u2066\\u009b\\u2028d\n"
              "l\n"
              "  x\\u0007\n"
              "  y\n");
    EXPECT_EQ(problem_of("a\u202E\x1b]0;b"), "a\\u202e\\u001b]0;b");
}

TEST(Shown, AColumnMayBeAMemberOfAMember) {
    auto const answer =
        object_of(R"({"items":[{"actor":{"name":"anna"}},{"actor":null},{"actor":"x"},{}, 7]})");
    constexpr std::array<std::string_view, 1> columns{"actor.name"};
    auto const rows = rows_of(*json::array_member(answer, "items").value(), columns);
    EXPECT_EQ(rows, (std::vector<Row>{{"anna"}, {"-"}, {"-"}, {"-"}, {"-"}}));
}

TEST(Shown, ListsInsideAnObjectFitTheTerminalToo) {
    auto const object = object_of(R"({"l":[{"a":"1234567890","b":"12345678901234567890"}]})");
    EXPECT_EQ(as_fields(object, 26),
              "l\n"
              "  a           b\n"
              "  1234567890  1234567890..\n");
}

TEST(Shown, ProblemsAreTheirDetail) {
    EXPECT_EQ(problem_of(R"({"title":"t","detail":"name must not be empty"})"),
              "name must not be empty");
    EXPECT_EQ(problem_of(R"({"title":"Unauthorized"})"), "Unauthorized");
    EXPECT_EQ(problem_of("<html>"), "<html>");
    EXPECT_EQ(problem_of(""), "no explanation given");
}

}  // namespace
}  // namespace updraft::cli
