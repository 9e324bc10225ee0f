#include "vocabulary/version_spelling.h"

#include <gtest/gtest.h>

#include <string>

namespace updraft {
namespace {

struct SpellingCase {
    std::string name;
    std::string one;
    std::string other;
    bool same;
};
class Spellings : public testing::TestWithParam<SpellingCase> {};
TEST_P(Spellings, DifferInBlanksAtTheEndsAndOneLeadingVOnly) {
    auto const& [name, one, other, same] = GetParam();
    EXPECT_EQ(is_same_version(Version{one}, Version{other}), same);
    EXPECT_EQ(is_same_version(Version{other}, Version{one}), same);
}
INSTANTIATE_TEST_SUITE_P(, Spellings,
                         testing::Values(SpellingCase{"Equal", "2.0.0", "2.0.0", true},
                                         SpellingCase{"SmallV", "2.0.0", "v2.0.0", true},
                                         SpellingCase{"LargeV", "v2.0.0", "V2.0.0", true},
                                         SpellingCase{"Blanks", " 2.0.0\t", "2.0.0\r\n", true},
                                         SpellingCase{"BlanksAndV", "  v2", "2", true},
                                         SpellingCase{"TwoV", "vv2", "2", false},
                                         SpellingCase{"VBeforeALetter", "vega", "ega", false},
                                         SpellingCase{"VBeforeABlank", "v 2", "2", false},
                                         SpellingCase{"VAlone", "v", "", false},
                                         SpellingCase{"BlankInside", "2 0", "20", false},
                                         SpellingCase{"LettersCount", "2.0A", "2.0a", false},
                                         SpellingCase{"ZerosCount", "2.0", "2.0.0", false},
                                         SpellingCase{"VAtTheEnd", "2v", "2", false}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft
