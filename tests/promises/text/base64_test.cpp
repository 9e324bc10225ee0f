#include "text/base64.h"

#include <gtest/gtest.h>

namespace updraft::text {
namespace {

struct PairCase {
    std::string name;
    std::string bytes;
    std::string usual;
    std::string url_safe;
};
class Base64Of : public testing::TestWithParam<PairCase> {};
TEST_P(Base64Of, IsWhatTheStandardSaysAndReadsBack) {
    auto const& [name, bytes, usual, url_safe] = GetParam();
    EXPECT_EQ(base64(bytes), usual);
    EXPECT_EQ(base64(bytes, Base64::url_safe), url_safe);
    EXPECT_EQ(read_base64(usual), bytes);
    EXPECT_EQ(read_base64(url_safe, Base64::url_safe), bytes);
}
INSTANTIATE_TEST_SUITE_P(
    , Base64Of,
    testing::Values(PairCase{"Nothing", "", "", ""}, PairCase{"OneByte", "f", "Zg==", "Zg"},
                    PairCase{"TwoBytes", "fo", "Zm8=", "Zm8"},
                    PairCase{"ThreeBytes", "foo", "Zm9v", "Zm9v"},
                    PairCase{"SixBytes", "foobar", "Zm9vYmFy", "Zm9vYmFy"},
                    PairCase{"BothOddLetters", "\xfb\xff\xfe", "+//+", "-__-"}),
    [](auto const& tested) { return tested.param.name; });

struct BadCase {
    std::string name;
    std::string text;
};
class Base64Reading : public testing::TestWithParam<BadCase> {};
TEST_P(Base64Reading, RefusesWhatItWouldNotWrite) {
    EXPECT_EQ(read_base64(GetParam().text), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(, Base64Reading,
                         testing::Values(BadCase{"Unpadded", "Zg"}, BadCase{"HalfPadded", "Zg="},
                                         BadCase{"OverPadded", "Zm9v="}, BadCase{"OneLetter", "Z"},
                                         BadCase{"StrayBits", "Zh=="}, BadCase{"Space", "Zm 9"},
                                         BadCase{"UrlSafeLetter", "-__-"},
                                         BadCase{"PaddingInside", "Zg==Zg=="}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::text
