#include "text/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace updraft::text {
namespace {

struct NearestCase {
    std::string name;
    std::string word;
    std::optional<std::string> nearest;
};
class NearestWord : public testing::TestWithParam<NearestCase> {};
TEST_P(NearestWord, IsTheOneWithTheFewestEdits) {
    static std::array<std::string, 5> const known{"list", "show", "device", "firmware", "--model"};
    EXPECT_EQ(nearest(GetParam().word, known), GetParam().nearest);
}
INSTANTIATE_TEST_SUITE_P(, NearestWord,
                         testing::Values(NearestCase{"Same", "list", "list"},
                                         NearestCase{"Missing", "devic", "device"},
                                         NearestCase{"Added", "lists", "list"},
                                         NearestCase{"Replaced", "shaw", "show"},
                                         NearestCase{"Swapped", "hsow", "show"},
                                         NearestCase{"TwoOfEight", "firmwear", "firmware"},
                                         NearestCase{"AFlag", "--modle", "--model"},
                                         NearestCase{"TwoOfFour", "shaa", std::nullopt},
                                         NearestCase{"Nothing", "", std::nullopt},
                                         NearestCase{"Another", "frobnicate", std::nullopt}),
                         [](auto const& tested) { return tested.param.name; });

TEST(Edits, AreCounted) {
    EXPECT_EQ(edits_between("", ""), 0U);
    EXPECT_EQ(edits_between("", "abc"), 3U);
    EXPECT_EQ(edits_between("abc", ""), 3U);
    EXPECT_EQ(edits_between("kitten", "sitting"), 3U);
    EXPECT_EQ(edits_between("ab", "ba"), 1U);
    EXPECT_EQ(edits_between("ca", "abc"), 3U);
}

}  // namespace
}  // namespace updraft::text
