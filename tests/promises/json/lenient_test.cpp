// What the lenient reader mends, and what it leaves to the strict one.
#include "json/lenient.h"

#include <gtest/gtest.h>

#include "text/utf8.h"

namespace updraft::json {
namespace {

using namespace std::string_literals;

std::optional<std::string> text_or_null(Object const& object) {
    auto const* text = object.members.at(0).second.string();
    return text == nullptr ? std::nullopt : std::optional(*text);
}

struct MendCase {
    std::string name;
    std::string text;  // Between the quotes of a string.
    std::string read;
};
class Mended : public testing::TestWithParam<MendCase> {};
TEST_P(Mended, IsReadInStringsAndInKeys) {
    auto const& [name, text, read] = GetParam();
    ASSERT_FALSE(read_object("{\"k\":\"" + text + "\"}")) << "the strict reader refuses it";
    auto const value = read_object_leniently("{\"k\":\"" + text + "\"}");
    ASSERT_TRUE(value) << value.error().detail;
    EXPECT_EQ(*text_or_null(*value), read);
    auto const key = read_object_leniently("{\"" + text + "\":1}");
    ASSERT_TRUE(key) << key.error().detail;
    EXPECT_EQ(key->members[0].first, read);
}
INSTANTIATE_TEST_SUITE_P(
    , Mended,
    testing::Values(MendCase{"Tab", "a\tb", "a\tb"}, MendCase{"LineFeed", "a\nb", "a\nb"},
                    MendCase{"Colour", "\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"},
                    MendCase{"Nul", "a\0b"s, "a\0b"s}, MendCase{"LastControl", "a\x1f", "a\x1f"},
                    MendCase{"Latin1", "caf\xE9", "caf\xEF\xBF\xBD"},
                    MendCase{"CutCharacter", "\xE4\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD"},
                    MendCase{"Overlong", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
                    MendCase{"HighSurrogate", "\\ud83d!", "\xEF\xBF\xBD!"},
                    MendCase{"LowSurrogate", "\\uDE00", "\xEF\xBF\xBD"},
                    MendCase{"TwoHighSurrogates", "\\ud83d\\ud83d\\ude00",
                             "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
                    MendCase{"SwappedSurrogates", "\\ude00\\ud83d", "\xEF\xBF\xBD\xEF\xBF\xBD"},
                    MendCase{"SurrogateBeforeAnEscape", "\\ud83d\\n", "\xEF\xBF\xBD\n"},
                    MendCase{"WindowsPath", "C:\\app\\x.bin", "C:\\app\\x.bin"},
                    MendCase{"HalfAnEscape", "\\u12 x", "\\u12 x"},
                    MendCase{"BackslashBeforeATab", "\\\t", "\\\t"},
                    MendCase{"BesidesWhatIsFine", "\\\"\\\\\\u00e9\\ud83d\\ude00\té",
                             "\"\\é\xF0\x9F\x98\x80\té"}),
    [](auto const& tested) { return tested.param.name; });

class Around : public testing::TestWithParam<std::pair<std::string, std::string>> {};
TEST_P(Around, TheTextIsDropped) {
    auto const& [before, behind] = GetParam();
    auto const value = read_object_leniently(before + R"({"k":"v"})" + behind);
    ASSERT_TRUE(value) << value.error().detail;
    EXPECT_EQ(*text_or_null(*value), "v");
}
INSTANTIATE_TEST_SUITE_P(, Around,
                         testing::Values(std::pair{"\xEF\xBB\xBF"s, ""s}, std::pair{""s, "\0"s},
                                         std::pair{""s, "\n\0\0\0"s}, std::pair{"\0"s, "\0\n"s},
                                         std::pair{"\0\xEF\xBB\xBF \0"s, " \0\xEF\xBB\xBF\0"s}));

TEST(Lenience, EndsWhereTextsEnd) {
    for (auto const& text :
         {""s, "\0"s, "\xEF\xBB\xBF"s, "{"s, "[]"s, "{\"k\":\"v"s, "{\"k\":\"v\"}x"s,
          "{\"k\":\"v\"}\0x"s, "{\"k\":\"v\"\0}"s, "{\"k\":\x0b 1}"s, "{\"k\":\xE9}"s, "{'k':1}"s,
          "{\"k\":\"v\\\"}"s, "{\"k\":01}"s}) {
        auto const value = read_object_leniently(text);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().code, Errc::invalid);
    }
}

}  // namespace
}  // namespace updraft::json
