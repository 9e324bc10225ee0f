#include "upgrade/progress.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace updraft::upgrade {
namespace {

TEST(CountedProgress, IsPercentFromTenStepsOn) {
    EXPECT_EQ(counted_percent(30, 100), 30);
    EXPECT_EQ(counted_percent(5, 10), 50);
    EXPECT_EQ(counted_percent(0, 10), 0);
    EXPECT_EQ(counted_percent(100, 100), 100);
    EXPECT_EQ(counted_percent(1, 1'073'741'824), 0);
    auto const huge = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(counted_percent(huge / 2, huge), 50);
    EXPECT_EQ(counted_percent(huge, huge), 100);
}

TEST(CountedProgress, IsIgnoredWhenItCountsStepsOrMakesNoSense) {
    EXPECT_EQ(counted_percent(1, 1), std::nullopt);
    EXPECT_EQ(counted_percent(8, 9), std::nullopt);
    EXPECT_EQ(counted_percent(0, 0), std::nullopt);
    EXPECT_EQ(counted_percent(11, 10), std::nullopt);
    EXPECT_EQ(counted_percent(-1, 100), std::nullopt);
    EXPECT_EQ(counted_percent(5, -100), std::nullopt);
}

TEST(PercentInText, IsReadOnlyAtItsStart) {
    EXPECT_EQ(leading_percent(" 94% Updating slots done."), 94);
    EXPECT_EQ(leading_percent("0%"), 0);
    EXPECT_EQ(leading_percent("100% done"), 100);
    EXPECT_EQ(leading_percent("101% done"), std::nullopt);
    EXPECT_EQ(leading_percent("1000%"), std::nullopt);
    EXPECT_EQ(leading_percent("done 94%"), std::nullopt);
    EXPECT_EQ(leading_percent("94 % done"), std::nullopt);
    EXPECT_EQ(leading_percent("-5%"), std::nullopt);
    EXPECT_EQ(leading_percent("94"), std::nullopt);
    EXPECT_EQ(leading_percent(""), std::nullopt);
    EXPECT_EQ(leading_percent("   "), std::nullopt);
}

TEST(ServedBytes, AreWorthUpToEightyPercent) {
    EXPECT_EQ(served_percent(0, 1'000), 0);
    EXPECT_EQ(served_percent(500, 1'000), 40);
    EXPECT_EQ(served_percent(999, 1'000), 79);
    EXPECT_EQ(served_percent(1'000, 1'000), 80);
    EXPECT_EQ(served_percent(-5, 1'000), 0);
}

TEST(Phases, AreWorthEightyToNinetyNine) {
    EXPECT_EQ(phase_percent(State::offered, 0), std::nullopt);
    EXPECT_EQ(phase_percent(State::downloaded, 12), 80);
    EXPECT_EQ(phase_percent(State::installing, 80), 81);
    EXPECT_EQ(phase_percent(State::installing, 98), 98);
    EXPECT_EQ(phase_percent(State::verifying, 81), 99);
}

TEST(InstallPercent, BelowWhatIsShownFromEightyOnIsMapped) {
    EXPECT_EQ(install_percent(0, 80), 80);
    EXPECT_EQ(install_percent(5, 81), 80);
    EXPECT_EQ(install_percent(50, 82), 89);
    EXPECT_EQ(install_percent(94, 97), 97);
    EXPECT_EQ(install_percent(97, 97), 97);
    EXPECT_EQ(install_percent(100, 99), 100);
    EXPECT_EQ(install_percent(10, 60), 81);
    EXPECT_EQ(install_percent(0, 1), 80);
    // A device that counts download and installation together is believed.
    EXPECT_EQ(install_percent(60, 60), 60);
    EXPECT_EQ(install_percent(40, 30), 40);
}

struct DownloadedCase {
    std::string name;
    State state;
    std::int64_t served;
    std::string text;
    bool says_so;
};
class Downloaded : public testing::TestWithParam<DownloadedCase> {};
TEST_P(Downloaded, IsSaidByTheTexts) {
    auto const& tested = GetParam();
    Upgrade upgrade;
    upgrade.state = tested.state;
    upgrade.bytes_served = tested.served;
    EXPECT_EQ(says_downloaded(upgrade, {"first", tested.text, "last"}), tested.says_so);
}
INSTANTIATE_TEST_SUITE_P(
    , Downloaded,
    testing::Values(
        DownloadedCase{"Complete", State::offered, 0, "Download complete. 1.20 MB/s", true},
        DownloadedCase{"CompleteWithServedBytes", State::downloading, 5, "Download complete.",
                       true},
        DownloadedCase{"PercentOfBytesFromElsewhere", State::offered, 0, "  5% Installing", true},
        DownloadedCase{"PercentWhileDownloadingElsewhere", State::downloading, 0, "5% x", true},
        DownloadedCase{"PercentWithServedBytes", State::downloading, 1, "  5% Installing", false},
        DownloadedCase{"PercentLater", State::downloaded, 0, " 11% Checking bundle", false},
        DownloadedCase{"NotAtTheStart", State::offered, 0, "no Download complete", false},
        DownloadedCase{"OtherText", State::offered, 0, "installing", false}),
    [](auto const& tested) { return tested.param.name; });

struct FigureCase {
    std::string name;
    Progress known;
    Figure source;
    int percent;
    Progress result;
};
class Figures : public testing::TestWithParam<FigureCase> {};
TEST_P(Figures, AreWeighed) {
    auto const& tested = GetParam();
    EXPECT_EQ(after(tested.known, tested.source, tested.percent), tested.result);
}
INSTANTIATE_TEST_SUITE_P(
    , Figures,
    testing::Values(
        FigureCase{"GoForward", {10, Figure::own}, Figure::own, 20, {20, Figure::own}},
        FigureCase{"NeverGoBack", {60, Figure::own}, Figure::own, 30, {60, Figure::own}},
        FigureCase{"OfABetterSourceWin", {10, Figure::derived}, Figure::own, 40, {40, Figure::own}},
        FigureCase{"OfABetterSourceNeverGoBackEither",
                   {60, Figure::derived},
                   Figure::own,
                   5,
                   {60, Figure::own}},
        FigureCase{
            "OfAWorseSourceAreIgnored", {10, Figure::own}, Figure::derived, 80, {10, Figure::own}},
        FigureCase{"EndAtNinetyNine", {10, Figure::own}, Figure::own, 100, {99, Figure::own}}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::upgrade
