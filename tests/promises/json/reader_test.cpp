// What the reader accepts, keeps and refuses.
#include "json/reader.h"

#include <gtest/gtest.h>

namespace updraft::json {
namespace {

using namespace std::string_literals;

std::string nested(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

struct TextCase {
    std::string name;
    std::string text;
};
auto const name_of = [](auto const& tested) { return tested.param.name; };

class Refused : public testing::TestWithParam<TextCase> {};
TEST_P(Refused, IsInvalid) {
    auto const value = read(GetParam().text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, Errc::invalid);
    EXPECT_FALSE(value.error().detail.empty());
}
INSTANTIATE_TEST_SUITE_P(
    , Refused,
    testing::Values(
        TextCase{"Nothing", ""}, TextCase{"WhiteSpace", "  "}, TextCase{"HalfAnObject", "{\"a\":1"},
        TextCase{"HalfAString", "\"abc"}, TextCase{"TwoValues", "{} {}"},
        TextCase{"TrailingText", "{}x"}, TextCase{"TrailingComma", "[1,]"},
        TextCase{"SingleQuotes", "{'a':1}"}, TextCase{"BareWord", "{a:1}"},
        TextCase{"Comment", "{}/*x*/"}, TextCase{"NotANumber", "NaN"},
        TextCase{"Infinity", "Infinity"}, TextCase{"LeadingZero", "01"},
        TextCase{"LeadingPlus", "+1"}, TextCase{"HalfANumber", "1."}, TextCase{"HexNumber", "0x10"},
        TextCase{"ByteOrderMark", "\xEF\xBB\xBF{}"}, TextCase{"ControlInString", "\"a\nb\""},
        TextCase{"BadEscape", "\"\\x\""}, TextCase{"HighSurrogateAlone", "\"\\ud800\""},
        TextCase{"LowSurrogateAlone", "\"\\udc00\""},
        TextCase{"HighSurrogateThenText", "\"\\ud800x\""},
        TextCase{"TwoHighSurrogates", "\"\\ud800\\ud800\""},
        TextCase{"LoneSurrogateInAKey", "{\"\\udfff\":1}"},
        TextCase{"SurrogateInUtf8", "\"\xED\xA0\x80\""}, TextCase{"LoneContinuation", "\"\x80\""},
        TextCase{"OverlongUtf8", "\"\xC0\xAF\""}, TextCase{"CutUtf8", "\"\xE4\xBD\""},
        TextCase{"BeyondUnicode", "\"\xF4\x90\x80\x80\""},
        TextCase{"InvalidUtf8InAKey", "{\"\xFF\":1}"}, TextCase{"TooDeep", nested(depth_max + 1)},
        TextCase{"FarTooDeep", nested(100'000)}, TextCase{"NulByte", "{}\0"s}),
    name_of);

class Taken : public testing::TestWithParam<TextCase> {};
TEST_P(Taken, IsRead) { EXPECT_TRUE(read(GetParam().text)); }
INSTANTIATE_TEST_SUITE_P(
    , Taken,
    testing::Values(TextCase{"Object", " {\"a\" : [1, true, null, \"x\"]} \r\n"},
                    TextCase{"AsDeepAsAllowed", nested(depth_max)},
                    TextCase{"HugeNumber", "{\"a\":1e400}"},
                    TextCase{"ExponentBeyondReason",
                             "{\"a\":[1e9999999999,-2.5E-99999999999999999999]}"},
                    TextCase{"ManyDigits", "{\"a\":123456789012345678901234567890}"},
                    TextCase{"SurrogatePair", "\"\\ud83d\\ude00\""},
                    TextCase{"EscapedNul", "{\"a\":\"\\u0000\"}"},
                    TextCase{"MemberTwice", "{\"a\":1,\"a\":2}"}, TextCase{"EmptyKey", "{\"\":1}"}),
    name_of);

Object object_of(std::string_view text) { return *read_object(text); }

TEST(Reader, KeepsTheDigitsOfNumbers) {
    auto const object = object_of("{\"a\":-1.50e+400,\"b\":123456789012345678901234567890}");
    EXPECT_EQ((*object.find("a"))->number()->digits, "-1.50e+400");
    EXPECT_EQ((*object.find("b"))->number()->digits, "123456789012345678901234567890");
}

TEST(Reader, TakesHugeExponentsAsNumbersThatFitNoType) {
    auto const object = object_of(
        R"({"e\"9e9999999999":"1e9999999999","a":1e9999999999,"b":1.5e+00000000000007,"c":3})");
    EXPECT_EQ(**text_member(object, "e\"9e9999999999"), "1e9999999999");
    EXPECT_EQ(whole_member(object, "a").error().code, Errc::invalid);
    EXPECT_EQ((*object.find("b"))->number()->digits, "1.5e+7");
    EXPECT_EQ(**whole_member(object, "c"), 3);
    for (auto const* const broken : {"{\"a\":1e9999999999", "{\"a\":1e9999999999e1}",
                                     "1e99999999999 x", "[1e99999999999,1e]"}) {
        EXPECT_EQ(read(broken).error().code, Errc::invalid) << broken;
    }
}

TEST(Reader, DecodesEscapes) {
    auto const object = object_of("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u4f60\\ud83d\\ude00\"}");
    EXPECT_EQ(**text_member(object, "a"), "\"\\/\b\f\n\r\t\xE4\xBD\xA0\xF0\x9F\x98\x80");
}

TEST(Reader, KeepsTheOrderOfMembersAndElements) {
    auto const object = object_of("{\"b\":1,\"a\":[\"x\",[],{\"c\":false}]}");
    EXPECT_EQ(object.members[0].first, "b");
    EXPECT_EQ(object.members[1].first, "a");
    auto const& array = **array_member(object, "a");
    ASSERT_EQ(array.size(), 3U);
    EXPECT_EQ(*array[0].string(), "x");
    EXPECT_TRUE(array[1].array()->empty());
    EXPECT_EQ(*array[2].object()->members[0].second.boolean(), false);
}

TEST(Reader, RefusesAKnownMemberGivenTwiceAndNoOther) {
    auto const object = object_of("{\"did\":\"a\",\"x\":1,\"x\":2,\"did\":null}");
    EXPECT_FALSE(object.find("did"));
    EXPECT_FALSE(text_member(object, "did"));
    EXPECT_TRUE(object.find("openId"));
}

TEST(Reader, TakesNullAsAbsent) {
    auto const object = object_of("{\"a\":null}");
    EXPECT_EQ(*object.find("a"), nullptr);
    EXPECT_EQ(*text_member(object, "a"), std::nullopt);
    EXPECT_EQ(*whole_member(object, "a"), std::nullopt);
    EXPECT_EQ(*truth_member(object, "a"), std::nullopt);
    EXPECT_EQ(*object_member(object, "a"), nullptr);
    EXPECT_EQ(*array_member(object, "b"), nullptr);
}

TEST(Reader, NamesTheMemberThatIsWrong) {
    auto const object = object_of("{\"did\":1}");
    EXPECT_EQ(text_member(object, "did").error().detail, "did must be a string");
    EXPECT_EQ(truth_member(object, "did").error().detail, "did must be true or false");
    EXPECT_EQ(object_member(object, "did").error().detail, "did must be an object");
    EXPECT_EQ(array_member(object, "did").error().detail, "did must be a list");
}

TEST(Reader, RefusesTextWithNul) {
    EXPECT_FALSE(text_member(object_of("{\"a\":\"x\\u0000y\"}"), "a"));
}

struct NumberCase {
    std::string name;
    std::string digits;
    std::optional<std::int64_t> whole;
};
class WholeMember : public testing::TestWithParam<NumberCase> {};
TEST_P(WholeMember, IsAWholeNumberThatFits) {
    auto const read = whole_member(object_of("{\"a\":" + GetParam().digits + "}"), "a");
    EXPECT_EQ(read.has_value(), GetParam().whole.has_value());
    if (read) {
        EXPECT_EQ(*read, GetParam().whole);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , WholeMember,
    testing::Values(
        NumberCase{"Zero", "0", 0}, NumberCase{"Negative", "-5", -5},
        NumberCase{"Largest", "9223372036854775807", INT64_MAX},
        NumberCase{"Smallest", "-9223372036854775808", INT64_MIN},
        NumberCase{"TooLarge", "9223372036854775808", std::nullopt},
        NumberCase{"ThirtyDigits", "123456789012345678901234567890", std::nullopt},
        NumberCase{"Exponent", "1e400", std::nullopt}, NumberCase{"SmallExponent", "1e2", 100},
        NumberCase{"ZeroFraction", "10.0", 10}, NumberCase{"FractionUsedUp", "1.50e1", 15},
        NumberCase{"NegativeExponent", "-2500E-2", -25}, NumberCase{"PlusExponent", "5e+0", 5},
        NumberCase{"MinusZero", "-0.0", 0}, NumberCase{"ZeroToAnyPower", "0e400", 0},
        NumberCase{"LargestAsFraction", "9223372036854775807.0", INT64_MAX},
        NumberCase{"SmallestAsPower", "-9.223372036854775808e18", INT64_MIN},
        NumberCase{"TooLargeAsFraction", "9223372036854775808.0", std::nullopt},
        NumberCase{"TooLargeAsPower", "1e19", std::nullopt},
        NumberCase{"Tiny", "1e-400", std::nullopt}, NumberCase{"Fraction", "1.5", std::nullopt},
        NumberCase{"FractionByExponent", "15e-1", std::nullopt},
        NumberCase{"Text", "\"1\"", std::nullopt}),
    name_of);

TEST(Reader, WantsAnObjectWhereOneIsDue) {
    for (std::string_view const text : {"[]", "1", "\"x\"", "null", "true"}) {
        EXPECT_TRUE(read(text)) << text;
        EXPECT_FALSE(read_object(text)) << text;
    }
}

}  // namespace
}  // namespace updraft::json
