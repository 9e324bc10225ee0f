// Percent-encoding, dates of HTTP, cleaning and networks.
#include <gtest/gtest.h>

#include "text/clean_text.h"
#include "text/http_date.h"
#include "text/network.h"
#include "text/percent.h"

namespace updraft::text {
namespace {

TEST(Percent, IsDecodedOrRefused) {
    EXPECT_EQ(percent_decoded("a%2Fb%e4+"), "a/b\xE4+");
    EXPECT_EQ(percent_decoded(""), "");
    for (auto const* wrong : {"%", "%4", "%zz", "%00", "a%2"}) {
        EXPECT_EQ(percent_decoded(wrong), std::nullopt) << wrong;
    }
}

TEST(Segments, AreEncodedSoThatTheyStaySegments) {
    EXPECT_EQ(percent_encoded("plain-1.2_3~x"), "plain-1.2_3~x");
    EXPECT_EQ(percent_encoded("a/b?c#d e%"), "a%2Fb%3Fc%23d%20e%25");
    EXPECT_EQ(percent_encoded("灯"), "%E7%81%AF");
    EXPECT_EQ(percent_encoded("a/b c", Slash::stays), "a/b%20c");
}

std::chrono::sys_seconds at(std::int64_t seconds) {
    return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

TEST(HttpDate, IsWrittenAsHttpWantsIt) {
    EXPECT_EQ(http_date(at(784'111'777)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(at(1'709'164'800)), "Thu, 29 Feb 2024 00:00:00 GMT");
    EXPECT_EQ(http_date(at(-1)), "Wed, 31 Dec 1969 23:59:59 GMT");
}

struct DateCase {
    std::string text;
    std::optional<std::int64_t> seconds;
};
class HttpDates : public testing::TestWithParam<DateCase> {};
TEST_P(HttpDates, AreReadInTheOneForm) {
    auto const read = read_http_date(GetParam().text);
    ASSERT_EQ(read.has_value(), GetParam().seconds.has_value()) << GetParam().text;
    if (read) {
        EXPECT_EQ(*read, at(*GetParam().seconds));
    }
}
INSTANTIATE_TEST_SUITE_P(, HttpDates,
                         testing::Values(DateCase{"Sun, 06 Nov 1994 08:49:37 GMT", 784'111'777},
                                         DateCase{"Mon, 06 Nov 1994 08:49:37 GMT", 784'111'777},
                                         DateCase{"Sat, 31 Dec 2016 23:59:60 GMT", 1'483'228'800},
                                         DateCase{"Thu, 29 Feb 2024 00:00:00 GMT", 1'709'164'800},
                                         DateCase{"Thu, 29 Feb 2023 00:00:00 GMT", std::nullopt},
                                         DateCase{"Sun, 06 Nov 1994 24:00:00 GMT", std::nullopt},
                                         DateCase{"Sun, 06 Nov 1994 08:60:00 GMT", std::nullopt},
                                         DateCase{"Sun, 06 nov 1994 08:49:37 GMT", std::nullopt},
                                         DateCase{"Sun, 06 Nov 1994 08:49:37 UTC", std::nullopt},
                                         DateCase{"Sun, 6 Nov 1994 08:49:37 GMT", std::nullopt},
                                         DateCase{"Sunday, 06-Nov-94 08:49:37 GMT", std::nullopt},
                                         DateCase{"Sun Nov  6 08:49:37 1994", std::nullopt},
                                         DateCase{"", std::nullopt}));

struct CleanCase {
    std::string name;
    std::string text;
    Cleaning how;
    std::string cleaned;
};
class CleanText : public testing::TestWithParam<CleanCase> {};
TEST_P(CleanText, HasNoControlCharacters) {
    EXPECT_EQ(clean_text(GetParam().text, GetParam().how), GetParam().cleaned);
}
INSTANTIATE_TEST_SUITE_P(
    , CleanText,
    testing::Values(
        CleanCase{"Plain", "a b", {}, "a b"},
        CleanCase{"Removed", std::string("a\x1b[1m\x7f\0b\n", 9), {}, "a[1mb"},
        CleanCase{"SecondSetRemoved", "a\xc2\x9b\xc2\x80z\xc2\xa0", {}, "az\xc2\xa0"},
        CleanCase{"Kept", "a\nb\tc\rd", {.kept = "\n\t"}, "a\nb\tcd"},
        CleanCase{"Replaced", "a\nb\x7f", {.instead = ' '}, "a b "},
        CleanCase{"SecondSetReplaced",
                  "a\xc2\x9b"
                  "b",
                  {.instead = ' '},
                  "a b"},
        CleanCase{"DirectionsReplaced",
                  "a\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E"
                  "\u2066\u2067\u2068\u2069z",
                  {.instead = '.'},
                  "a............z"},
        CleanCase{"LineSeparatorsRemoved", "a\u2028\u2029z", {}, "az"},
        CleanCase{"NeighboursStay",
                  "\u061B\u200D\u2010\u2027\u202F\u2065\u206A",
                  {},
                  "\u061B\u200D\u2010\u2027\u202F\u2065\u206A"},
        CleanCase{"BytesThatAreNoCharacter", "a\xffz\xe4\xbb", {}, "a\uFFFDz\uFFFD\uFFFD"},
        CleanCase{
            "SurrogatesAreNoCharacters", "\xed\xa0\xbd", {.instead = ' ', .not_utf8 = "?"}, "???"},
        CleanCase{"RawSecondSet", "a\x9bz", {.instead = ' '}, "a\uFFFDz"},
        CleanCase{"CutAtItsLimit", "abc", {.bytes_max = 2}, "ab"},
        CleanCase{"CutAfterCleaning", "\n\n\nabc", {.bytes_max = 3}, "abc"},
        CleanCase{"CutBetweenCharacters", "ab件", {.bytes_max = 4}, "ab"},
        CleanCase{"CutToNothing", "件", {.bytes_max = 2}, ""},
        CleanCase{"Fits", "ab件", {.bytes_max = 5}, "ab件"}),
    [](auto const& tested) { return tested.param.name; });

TEST(EscapedText, ShowsWhatItKeepsFromTheTerminal) {
    EXPECT_EQ(escaped("a\x1b[31m\n\x7f\u009b\u202e\u2028z"),
              "a\\u001b[31m\\u000a\\u007f\\u009b\\u202e\\u2028z");
    EXPECT_EQ(escaped("a\nb\tc\r", "\n\t"), "a\nb\tc\\u000d");
    EXPECT_EQ(escaped("\xff" "灯\u0301\u200d"), "\uFFFD灯\u0301\u200d");
    EXPECT_EQ(escaped(escaped("\x1b")), escaped("\x1b"));
}

TEST(OneLine, HasNoBreaks) {
    EXPECT_EQ(one_line("a\nb\r\x1b[31m\u202Ec\t固件"), "a b  [31m c 固件");
    EXPECT_EQ(some_lines("a\nb\tc\x07"), "a\nb\tc ");
}

struct Utf8Case {
    std::string text;
    std::uint32_t code_point;
    std::size_t bytes;  // 0: no character.
};
class FirstCharacter : public testing::TestWithParam<Utf8Case> {};
TEST_P(FirstCharacter, IsReadByRfc3629) {
    auto const character = first_character(GetParam().text);
    EXPECT_EQ(character.bytes, GetParam().bytes);
    EXPECT_EQ(character.code_point, GetParam().code_point);
    EXPECT_EQ(is_utf8(GetParam().text), GetParam().bytes == GetParam().text.size());
}
INSTANTIATE_TEST_SUITE_P(
    , FirstCharacter,
    testing::Values(Utf8Case{"a", 'a', 1}, Utf8Case{"\x7f", 0x7F, 1}, Utf8Case{"\xc2\x80", 0x80, 2},
                    Utf8Case{"\xdf\xbf", 0x7FF, 2}, Utf8Case{"\xe0\xa0\x80", 0x800, 3},
                    Utf8Case{"\xef\xbf\xbf", 0xFFFF, 3}, Utf8Case{"\xf0\x90\x80\x80", 0x10000, 4},
                    Utf8Case{"\xf4\x8f\xbf\xbf", 0x10FFFF, 4}, Utf8Case{"\x80", 0, 0},
                    Utf8Case{"\xc1\xbf", 0, 0}, Utf8Case{"\xe0\x9f\xbf", 0, 0},
                    Utf8Case{"\xed\xa0\x80", 0, 0}, Utf8Case{"\xf0\x8f\xbf\xbf", 0, 0},
                    Utf8Case{"\xf4\x90\x80\x80", 0, 0}, Utf8Case{"\xf8\x88\x80\x80", 0, 0},
                    Utf8Case{"\xe4\xbb", 0, 0}, Utf8Case{"\xc3(", 0, 0}));

struct NetworkCase {
    std::string network;
    std::string inside;   // Empty: the network is malformed.
    std::string outside;  // Empty: there is none.
};
class Networks : public testing::TestWithParam<NetworkCase> {};
TEST_P(Networks, AreReadAndContainWhatTheyShould) {
    auto const& [text, inside, outside] = GetParam();
    auto const network = read_network(text);
    ASSERT_EQ(network.has_value(), !inside.empty()) << text;
    if (!network) return;
    EXPECT_TRUE(network->contains(*Address::read(inside)));
    if (!outside.empty()) {
        EXPECT_FALSE(network->contains(*Address::read(outside)));
    }
}
INSTANTIATE_TEST_SUITE_P(
    , Networks,
    testing::Values(NetworkCase{"10.0.0.0/8", "10.255.0.1", "11.0.0.0"},
                    NetworkCase{"10.0.0.0/8", "::ffff:10.1.2.3", "::1"},
                    NetworkCase{"172.16.0.0/12", "172.31.0.1", "172.32.0.1"},
                    NetworkCase{"192.0.2.7", "192.0.2.7", "192.0.2.8"},
                    NetworkCase{"0.0.0.0/0", "255.255.255.255", "fd00::1"},
                    NetworkCase{"::/0", "10.0.0.1", ""},
                    NetworkCase{"2001:db8::/33", "2001:db8::1", "2001:db8:8000::1"},
                    NetworkCase{"::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.0"},
                    NetworkCase{"10.0.0.0/33", "", ""}, NetworkCase{"::/129", "", ""},
                    NetworkCase{"10.0.0.0/-0", "", ""}, NetworkCase{"10.0.0.0/", "", ""},
                    NetworkCase{"10.0.0/8", "", ""}, NetworkCase{"10.0.0.0/8/8", "", ""},
                    NetworkCase{"x", "", ""}, NetworkCase{"", "", ""}));

TEST(AnAddress, KnowsWhatItCarries) {
    EXPECT_EQ(Address::read("::ffff:192.0.2.1"), Address::v4(0xC0'00'02'01));
    EXPECT_EQ(Address::read("192.0.2.1")->v4(), 0xC0'00'02'01);
    EXPECT_EQ(Address::read("::1")->v4(), std::nullopt);
    EXPECT_EQ(Address::read("::ffff:192.0.2.1")->written(), "192.0.2.1");
}

TEST(AnAddress, OfAClientHasTheFirst64BitsOfIpv6) {
    EXPECT_EQ(Address::read("2001:db8:1:2:3:4:5:6")->of_client(), Address::read("2001:db8:1:2::"));
    EXPECT_EQ(Address::read("2001:db8:1:2::")->of_client(), Address::read("2001:db8:1:2::"));
    EXPECT_EQ(Address::read("192.0.2.1")->of_client(), Address::read("192.0.2.1"));
}

}  // namespace
}  // namespace updraft::text
