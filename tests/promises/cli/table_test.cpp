#include "cli/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "cli/text_width.h"

namespace updraft::cli {
namespace {

std::size_t widest_line(std::string const& text) {
    std::size_t widest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        widest = std::max(widest, columns_of(line));
    }
    return widest;
}

TEST(ATable, WithoutALimitIsAsWideAsItsCells) {
    Table table({"did", "name"}, 0);
    EXPECT_EQ(table.page({{"d1", std::string(300, 'x')}, {"device-2", "-"}}),
              "did       name\n"
              "d1        " +
                  std::string(300, 'x') +
                  "\n"
                  "device-2  -\n");
}

TEST(ATable, CutsTheWidestCellsFirst) {
    Table table({"did", "name", "note"}, 32);
    EXPECT_EQ(table.page({{"lamp-1", "客厅里的大灯", "a note that is long"}}),
              "did     name         note\n"
              "lamp-1  客厅里的..   a note th..\n");
}

TEST(ATable, LeavesOutColumnsThatWouldSayTooLittle) {
    Table table({"did", "model", "version", "lastSeen"}, 40);
    auto const text = table.page(
        {{"device-0001", "a long model name", "2026.11.29-rc1", "2026-11-29T09:00:00.000Z"}});
    EXPECT_EQ(text,
              "did          model       version      ..\n"
              "device-0001  a long m..  2026.11.2..\n");
}

TEST(ATable, FitsEveryTerminal) {
    std::vector<Row> const rows{
        {"01JDQ2B3C4D5E6F7G8H9J0K1M2", "客厅里的大灯和小灯", "x", "2026-11-29T09:00:00.000Z"},
        {"d", "\U0001F469\u200D\U0001F466", std::string(500, 'y'), "-"}};
    for (std::size_t columns = 1; columns <= 160; ++columns) {
        Table table({"orderId", "name", "note", "createdAt"}, columns);
        EXPECT_LE(widest_line(table.page(rows)), columns) << columns;
        EXPECT_LE(widest_line(table.page({{std::string(99, 'z'), "z", "z", "z"}})), columns);
    }
}

TEST(ATable, HasItsHeadingsOnceAndItsColumnsAtTheSamePlaceOnLaterPages) {
    Table table({"id", "name"}, 0);
    EXPECT_EQ(table.page({{"long-id", "a"}}),
              "id       name\n"
              "long-id  a\n");
    EXPECT_EQ(table.page({{"b", "c"}}), "b        c\n");
    EXPECT_EQ(table.page({}), "");
}

TEST(ATable, OfNothingHasHeadings) { EXPECT_EQ(Table({"a", "b"}, 80).page({}), "a  b\n"); }

}  // namespace
}  // namespace updraft::cli
