#include "cli/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct PageCase {
    std::string name;
    std::string body;
    std::vector<std::string> texts;
};
class PageOfAList : public testing::TestWithParam<PageCase> {};
TEST_P(PageOfAList, HasItsItemsAsTheyAreWritten) {
    auto const page = read_page(GetParam().body);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->texts, GetParam().texts);
    EXPECT_EQ(page->items.size(), GetParam().texts.size());
}
INSTANTIATE_TEST_SUITE_P(
    , PageOfAList,
    testing::Values(
        PageCase{"Empty", R"({"items":[],"nextCursor":null})", {}},
        PageCase{"Objects",
                 R"({"items":[{"did":"a","n":1.50},{"did":"b"}],"nextCursor":"c"})",
                 {R"({"did":"a","n":1.50})", R"({"did":"b"})"}},
        PageCase{"BracketsAndQuotesInTexts",
                 R"({"items":[{"t":"]}\"],\\"},{"u":"[{\\\""}]})",
                 {R"({"t":"]}\"],\\"})", R"({"u":"[{\\\""})"}},
        PageCase{"EscapesStay", R"({"items":[{"t":"\u001b\u5ba2"}]})", {R"({"t":"\u001b\u5ba2"})"}},
        PageCase{"NestedListsOfTheSameName",
                 R"({"x":{"items":[1,2]},"y":["items",[3]],"items":[{"items":[4]},5,"6",null]})",
                 {R"({"items":[4]})", "5", R"("6")", "null"}},
        PageCase{"WhiteSpaceBetweenAndLineFeedsInside",
                 "{ \"items\" :\n[ {\"a\":\n1} ,\r\n{\"b\": 2} ] , \"nextCursor\" : null }",
                 {"{\"a\": 1}", "{\"b\": 2}"}}),
    [](auto const& tested) { return tested.param.name; });

TEST(PageOfSomethingElse, IsRefused) {
    for (auto const* const body : {"", "<html>", "[]", "{}", R"({"items":{}})", R"({"items":null})",
                                   R"({"items":[],"nextCursor":7})"}) {
        EXPECT_FALSE(read_page(body)) << body;
    }
}

TEST(PageOfAListCursor, IsTheNextOne) {
    EXPECT_EQ(read_page(R"({"items":[],"nextCursor":"abc"})")->next_cursor, "abc");
    EXPECT_EQ(read_page(R"({"items":[]})")->next_cursor, std::nullopt);
}

}  // namespace
}  // namespace updraft::cli
