#include "admin/lines.h"

#include <gtest/gtest.h>

namespace updraft::admin {
namespace {

std::string cut(std::vector<std::string> const& pieces) {
    LineCutter cutter;
    std::vector<Line> lines;
    for (auto const& piece : pieces) cutter.feed(piece, lines);
    cutter.finish(lines);
    std::string text;
    for (auto const& line : lines) {
        text += std::to_string(line.number) + "=" + line.text.value_or("(too long)") + ";";
    }
    return text;
}

struct CutCase {
    std::string name;
    std::vector<std::string> pieces;
    std::string lines;
};
class Lines : public testing::TestWithParam<CutCase> {};
TEST_P(Lines, AreCutWhereTheyEnd) { EXPECT_EQ(cut(GetParam().pieces), GetParam().lines); }
INSTANTIATE_TEST_SUITE_P(
    , Lines,
    testing::Values(
        CutCase{"Nothing", {}, ""}, CutCase{"One", {"a"}, "1=a;"},
        CutCase{"OneWithAnEnd", {"a\n"}, "1=a;"}, CutCase{"Two", {"a\nb"}, "1=a;2=b;"},
        CutCase{"InPieces", {"a", "b\nc", "", "d\n", "e"}, "1=ab;2=cd;3=e;"},
        CutCase{"BlankOnesAreCountedOnly", {"a\n\n \t\r\nb\n"}, "1=a;4=b;"},
        CutCase{"CarriageReturnsStay", {"a\r\nb\r\n"}, "1=a\r;2=b\r;"},
        CutCase{"AByteOrderMarkIsDropped",
                {"\xEF\xBB",
                 "\xBF"
                 "a\nb"},
                "1=a;2=b;"},
        CutCase{"AByteOrderMarkAloneIsBlank", {"\xEF\xBB\xBF\nb"}, "2=b;"},
        CutCase{"AByteOrderMarkStaysInOtherLines", {"a\n\xEF\xBB\xBF"}, "1=a;2=\xEF\xBB\xBF;"}),
    [](auto const& tested) { return tested.param.name; });

TEST(LongLines, AreGivenOutUpToTheLimit) {
    std::string const longest(line_bytes_max, 'x');
    EXPECT_EQ(cut({longest, "\nb"}), "1=" + longest + ";2=b;");
}

TEST(LongLines, AreOnlyCountedAboveIt) {
    std::string const longest(line_bytes_max, 'x');
    EXPECT_EQ(cut({"a\n", longest, "x\nb\n"}), "1=a;2=(too long);3=b;");
    EXPECT_EQ(cut({longest, " "}), "1=(too long);");
}

}  // namespace
}  // namespace updraft::admin
