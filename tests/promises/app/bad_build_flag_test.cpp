// The values of --bad-build and --attribute.

#include "app/commands/bad_build_flag.h"

#include <gtest/gtest.h>

namespace updraft::app {
namespace {

using simulator::Outcome;

TEST(BadBuildFlag, SaysAllOfABuild) {
    auto const build = read_bad_build(
        "3.0_15:share=12.5%,how=silent,after=6h,from=2.9,attribute.hwRevision=C,attribute.x=a=b");
    ASSERT_TRUE(build);
    EXPECT_EQ(build->version, "3.0_15");
    EXPECT_EQ(build->share, 0.125);
    EXPECT_EQ(build->ending.outcome, Outcome::silence);
    EXPECT_EQ(build->ending.after, Millis{6 * 60 * 60 * 1000});
    EXPECT_EQ(build->from, "2.9");
    simulator::NamedTexts const expected{{"hwRevision", "C"}, {"x", "a=b"}};
    EXPECT_EQ(build->attributes, expected);
}

TEST(BadBuildFlag, NeedsNothingButAVersion) {
    auto const build = read_bad_build("2.0");
    ASSERT_TRUE(build);
    EXPECT_EQ(build->version, "2.0");
    EXPECT_EQ(build->share, 1);
    EXPECT_EQ(build->ending.outcome, Outcome::failure);
    EXPECT_FALSE(build->ending.after);
}

struct WayCase {
    std::string word;
    Outcome outcome;
};
class BadBuildWay : public testing::TestWithParam<WayCase> {};
TEST_P(BadBuildWay, IsAWord) {
    auto const build = read_bad_build("2.0:how=" + GetParam().word);
    ASSERT_TRUE(build);
    EXPECT_EQ(build->ending.outcome, GetParam().outcome);
}
INSTANTIATE_TEST_SUITE_P(
    , BadBuildWay,
    testing::Values(WayCase{"fail", Outcome::failure}, WayCase{"silent", Outcome::silence},
                    WayCase{"revert", Outcome::fallback}, WayCase{"reject", Outcome::rejection},
                    WayCase{"download", Outcome::broken_off}, WayCase{"stall", Outcome::stall}),
    [](auto const& tested) { return tested.param.word; });

struct WrongCase {
    std::string name;
    std::string text;
    std::string said;
};
class WrongBadBuild : public testing::TestWithParam<WrongCase> {};
TEST_P(WrongBadBuild, IsRefusedWithWhatIsWrong) {
    auto const build = read_bad_build(GetParam().text);
    ASSERT_FALSE(build);
    EXPECT_EQ(build.error().detail, GetParam().said);
}
constexpr auto const* wrong_share = "share must be a percentage above 0 and at most 100";
INSTANTIATE_TEST_SUITE_P(
    , WrongBadBuild,
    testing::Values(
        WrongCase{"NoVersion", ":share=5", "it must begin with a version"},
        WrongCase{"Nothing", "", "it must begin with a version"},
        WrongCase{"NoPairs", "2.0:", "\"\" is no NAME=VALUE"},
        WrongCase{"AHalfPair", "2.0:share=", "\"share=\" is no NAME=VALUE"},
        WrongCase{"ACommaAtTheEnd", "2.0:share=5,", "\"\" is no NAME=VALUE"},
        WrongCase{"AnUnknownName", "2.0:rate=5",
                  "rate is none of share, how, after, from and attribute.NAME"},
        WrongCase{"AnAttributeWithoutName", "2.0:attribute.=5",
                  "attribute. is none of share, how, after, from and attribute.NAME"},
        WrongCase{"TheSameTwice", "2.0:share=5,share=6", "share is given twice"},
        WrongCase{"ShareOfNothing", "2.0:share=0", wrong_share},
        WrongCase{"ShareAboveAll", "2.0:share=100.1", wrong_share},
        WrongCase{"ShareNotANumber", "2.0:share=nan", wrong_share},
        WrongCase{"ShareWithARest", "2.0:share=5x", wrong_share},
        WrongCase{"AnUnknownWay", "2.0:how=explode",
                  "how must be fail, silent, revert, reject, download or stall"},
        WrongCase{"ATimeWithoutAUnit", "2.0:after=6",
                  "after must be a duration such as \"200ms\", \"5s\", \"10m\", \"24h\" or \"7d\""},
        WrongCase{"ATimeThatMeansNothing", "2.0:how=stall,after=6h",
                  "after goes with how=fail, silent or revert only"}),
    [](auto const& tested) { return tested.param.name; });

TEST(AttributeFlag, GathersTheValuesOfOneName) {
    auto const read = read_attributes({"hw=A", "region=eu", "hw=B"});
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->front().name, "hw");
    EXPECT_EQ(read->front().values, (std::vector<std::string>{"A", "B"}));
    EXPECT_EQ(read->back().name, "region");
}

TEST(AttributeFlag, IsRefusedWithoutAValue) {
    for (auto const* text : {"hw", "hw=", "=A"}) {
        auto const read = read_attributes({text});
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().detail, "\"" + std::string(text) + "\" is no NAME=VALUE");
    }
}

}  // namespace
}  // namespace updraft::app
