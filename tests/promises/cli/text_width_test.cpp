#include "cli/text_width.h"

#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

struct WidthCase {
    std::string name;
    std::string text;
    std::size_t columns;
};
class TextWidth : public testing::TestWithParam<WidthCase> {};
TEST_P(TextWidth, IsWhatATerminalTakes) {
    EXPECT_EQ(columns_of(GetParam().text), GetParam().columns);
}
INSTANTIATE_TEST_SUITE_P(
    , TextWidth,
    testing::Values(WidthCase{"Nothing", "", 0}, WidthCase{"Latin", "lamp-1", 6},
                    WidthCase{"Umlaut", "Küche", 5}, WidthCase{"Chinese", "客厅灯", 6},
                    WidthCase{"Japanese", "ランプ", 6}, WidthCase{"HalfWidthKatakana", "ﾗﾝﾌﾟ", 4},
                    WidthCase{"FullWidthLatin", "Ａ１！", 6}, WidthCase{"Hangul", "전등", 4},
                    WidthCase{"HangulOfParts", "\u1112\u1161\u11ab", 2},
                    WidthCase{"IdeographicSpace", "\u3000", 2},
                    WidthCase{"OutsideTheBasicPlane", "\U00020000", 2},
                    WidthCase{"CombiningMark", "e\u0301e\u0301", 2},
                    WidthCase{"MarkAlone", "\u0301", 0},
                    WidthCase{"ManyMarks", "a\u0300\u0301\u0302", 1}, WidthCase{"Thai", "ไฟ", 2},
                    WidthCase{"Emoji", "\U0001F600", 2},
                    WidthCase{"Family", "\U0001F469\u200D\U0001F469\u200D\U0001F466", 2},
                    WidthCase{"SkinTone", "\U0001F44B\U0001F3FD", 2},
                    WidthCase{"Flag", "\U0001F1E8\U0001F1F3", 2},
                    WidthCase{"AmbiguousIsNarrow", "°±×", 3},
                    WidthCase{"ReplacementCharacter", "\uFFFD", 1}),
    [](auto const& tested) { return tested.param.name; });

struct CutCase {
    std::string name;
    std::string text;
    std::size_t most;
    std::string cut;
};
class CutText : public testing::TestWithParam<CutCase> {};
TEST_P(CutText, EndsBetweenTwoCharacters) {
    auto const cut = cut_to_columns(GetParam().text, GetParam().most);
    EXPECT_EQ(cut, GetParam().cut);
    EXPECT_LE(columns_of(cut), GetParam().most);
}
INSTANTIATE_TEST_SUITE_P(
    , CutText,
    testing::Values(CutCase{"WhatFitsStays", "abcdef", 6, "abcdef"},
                    CutCase{"OneTooMany", "abcdef", 5, "abc.."},
                    CutCase{"NoRoomForDots", "abcdef", 2, "ab"}, CutCase{"NoRoom", "abc", 0, ""},
                    CutCase{"BeforeAWideCharacter", "客厅灯具", 7, "客厅.."},
                    CutCase{"InsideAWideCharacter", "客厅灯具", 6, "客厅.."},
                    CutCase{"HalfOfAWideCharacter", "客厅", 1, ""},
                    CutCase{"MarksStayWithTheirLetter", "e\u0301e\u0301e\u0301", 2,
                            "e\u0301e\u0301"},
                    CutCase{"AFamilyIsNotParted", "\U0001F469\u200D\U0001F466xyz", 3, ".."},
                    CutCase{"AFamilyThatFits", "\U0001F469\u200D\U0001F466xyz", 4,
                            "\U0001F469\u200D\U0001F466.."}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::cli
