// What the writer writes can always be read.
#include "json/writer.h"

#include <gtest/gtest.h>

#include "json/reader.h"

namespace updraft::json {
namespace {

TEST(Writer, PutsCommasWhereTheyBelong) {
    std::string out;
    Writer writer(out);
    writer.object().member("code", 0).key("result").array();
    writer.object().member("did", "a").member("n", std::int64_t{-5}).end();
    writer.array().end();
    writer.value(true).null().value(false).raw("{\"x\":1}").value("z");
    writer.end().member("none", std::optional<std::string>{}).end();
    EXPECT_EQ(out,
              "{\"code\":0,\"result\":[{\"did\":\"a\",\"n\":-5},[],true,null,false,{\"x\":1},\"z\"]"
              ",\"none\":null}");
}

struct StringCase {
    std::string name;
    std::string text;
    std::string written;
};
class WrittenString : public testing::TestWithParam<StringCase> {};

TEST_P(WrittenString, IsEscaped) {
    std::string out;
    append_string(out, GetParam().text);
    EXPECT_EQ(out, GetParam().written);
    EXPECT_TRUE(read(out));
}
INSTANTIATE_TEST_SUITE_P(
    , WrittenString,
    testing::Values(
        StringCase{"Empty", "", "\"\""}, StringCase{"Plain", "a b", "\"a b\""},
        StringCase{"QuoteAndBackslash", "a\"b\\", "\"a\\\"b\\\\\""},
        StringCase{"Breaks", "\n\r\t", "\"\\n\\r\\t\""},
        StringCase{"Controls", std::string("\x00\x1f\x7f", 3), "\"\\u0000\\u001f\\u007f\""},
        StringCase{"SecondControls",
                   "a\xC2\x9B"
                   "b\xC2\xA0",
                   "\"a\\u009bb\xC2\xA0\""},
        StringCase{"Directions", "\u202E\u2066\u200F", "\"\\u202e\\u2066\\u200f\""},
        StringCase{"LineSeparators", "\u2028\u2029", "\"\\u2028\\u2029\""},
        StringCase{"Chinese", "\xE5\x9B\xBA\xE4\xBB\xB6", "\"\xE5\x9B\xBA\xE4\xBB\xB6\""},
        StringCase{"Emoji", "\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},
        StringCase{"LoneByte",
                   "a\xFF"
                   "b",
                   "\"a\xEF\xBF\xBD"
                   "b\""},
        StringCase{"CutSequence", "\xE5\x9B", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        StringCase{"Surrogate", "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        StringCase{"Overlong", "\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""}),
    [](auto const& tested) { return tested.param.name; });

TEST(ForATerminal, JsonKeepsItsMeaning) {
    std::string const made_by_others = "{\n\t\"name\": \"a\xC2\x9B\u202E\x7F\u2028\\n固件\"\r\n}";
    auto const shown = for_terminal(made_by_others);
    EXPECT_EQ(shown, "{\n\t\"name\": \"a\\u009b\\u202e\\u007f\\u2028\\n固件\"\r\n}");
    EXPECT_EQ(*read(shown)->object()->find("name").value()->string(),
              *read(made_by_others)->object()->find("name").value()->string());
    EXPECT_EQ(for_terminal("<html>\x1b[2J\xff"), "<html>\\u001b[2J\uFFFD");
}

TEST(Writer, ReadsBackEveryByte) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            std::string const text = {static_cast<char>(first), static_cast<char>(second)};
            std::string out;
            append_string(out, text);
            ASSERT_TRUE(read(out)) << first << " " << second;
        }
    }
}

}  // namespace
}  // namespace updraft::json
