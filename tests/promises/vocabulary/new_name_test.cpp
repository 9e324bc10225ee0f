#include "vocabulary/new_name.h"

#include <gtest/gtest.h>

#include "text/clean_text.h"

namespace updraft {
namespace {

struct NameCase {
    std::string name;
    std::string text;
};

class NewName : public testing::TestWithParam<NameCase> {};
TEST_P(NewName, MayHaveAnyCharacterThatIsShown) {
    EXPECT_TRUE(check_new_name(GetParam().text, "name")) << GetParam().text;
    EXPECT_TRUE(text::is_clean(GetParam().text));
}
INSTANTIATE_TEST_SUITE_P(, NewName,
                         testing::Values(NameCase{"Usual", "lamp-2.0_1 (new)/a\\b:c"},
                                         NameCase{"Empty", ""}, NameCase{"Chinese", "灯"},
                                         NameCase{"BlanksAtTheEnds", " a "},
                                         NameCase{"Arabic", "\xD9\x85\xD8\xB5"},
                                         NameCase{"Emoji", "\xF0\x9F\x92\xA1\xEF\xB8\x8F"},
                                         NameCase{"NoBreakSpace",
                                                  "a\xC2\xA0"
                                                  "b"}),
                         [](auto const& tested) { return tested.param.name; });

struct WrongName {
    std::string name;
    std::string text;
    std::string says;
};
class WrongNewName : public testing::TestWithParam<WrongName> {};
TEST_P(WrongNewName, IsRefusedNamingFieldAndCharacter) {
    auto const checked = check_new_name(GetParam().text, "fileName");
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::invalid);
    EXPECT_TRUE(checked.error().detail.starts_with("fileName " + GetParam().says))
        << checked.error().detail;
    EXPECT_FALSE(text::is_clean(GetParam().text));
}
INSTANTIATE_TEST_SUITE_P(
    , WrongNewName,
    testing::Values(WrongName{"Nul", std::string("a\0b", 3), "contains U+0000:"},
                    WrongName{"Newline", "a\nb", "contains U+000A:"},
                    WrongName{"Escape", "\x1B[31m", "contains U+001B:"},
                    WrongName{"Delete", "a\x7F", "contains U+007F:"},
                    WrongName{"NextLine", "a\xC2\x85", "contains U+0085:"},
                    WrongName{"SoftHyphen", "a\xC2\xAD", "contains U+00AD:"},
                    WrongName{"ZeroWidthSpace", "a\xE2\x80\x8B", "contains U+200B:"},
                    WrongName{"RightToLeftOverride", "a\xE2\x80\xAE", "contains U+202E:"},
                    WrongName{"ParagraphSeparator", "a\xE2\x80\xA9", "contains U+2029:"},
                    WrongName{"Isolate", "a\xE2\x81\xA6", "contains U+2066:"},
                    WrongName{"ByteOrderMark",
                              "\xEF\xBB\xBF"
                              "a",
                              "contains U+FEFF:"},
                    WrongName{"MusicalFormat", "\xF0\x9D\x85\xB3", "contains U+1D173:"},
                    WrongName{"Tag", "a\xF3\xA0\x81\x81", "contains U+E0041:"},
                    WrongName{"NotUtf8", "a\xFF", "is not UTF-8"}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft
