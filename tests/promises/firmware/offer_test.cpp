#include "firmware/offer.h"

#include <gtest/gtest.h>

namespace updraft::firmware {
namespace {

using enum ReleaseState;

struct Step {
    std::string version;
    ReleaseState state = released;
    std::vector<std::string> requires_version;
};

Catalog catalog_of(std::vector<Step> const& steps) {
    Catalog catalog;
    catalog.model.name = {"lamp"};
    for (auto const& step : steps) {
        Release release;
        release.model = catalog.model.name;
        release.version = {step.version};
        release.state = step.state;
        release.order = static_cast<std::int64_t>(catalog.releases.size()) + 1;
        for (auto const& version : step.requires_version) {
            release.requires_version.push_back({version});
        }
        catalog.releases.push_back(std::move(release));
    }
    return catalog;
}

struct OfferCase {
    std::string name;
    std::vector<Step> catalog;  // In order of release, the oldest first.
    std::string current;
    std::string offered;  // Empty: nothing is offered.
};
class Offer : public testing::TestWithParam<OfferCase> {};
TEST_P(Offer, IsTheNewestThatFitsAndNeverAnOlderOne) {
    auto const catalog = catalog_of(GetParam().catalog);
    fleet::Device device;
    device.version = {GetParam().current};
    auto const* const offered = offer(catalog, Candidate(device));
    EXPECT_EQ(offered == nullptr ? "" : offered->version.value, GetParam().offered);
}
INSTANTIATE_TEST_SUITE_P(
    , Offer,
    testing::Values(
        OfferCase{"NoReleasesNoOffer", {}, "1", ""},
        OfferCase{"TheNewest", {{"1"}, {"2"}, {"3"}}, "1", "3"},
        OfferCase{"NotWhatItRuns", {{"1"}, {"2"}}, "2", ""},
        OfferCase{"NeverAnOlderOne", {{"1"}, {"2"}, {"3"}}, "3", ""},
        OfferCase{"UnknownVersionCameBeforeEverything", {{"1"}, {"2"}}, "factory", "2"},
        OfferCase{"OrderIsTheOrderOfReleaseNotOfText", {{"10"}, {"9"}}, "10", "9"},
        OfferCase{"WithdrawnIsNotOffered", {{"1"}, {"2"}, {"3", withdrawn}}, "1", "2"},
        OfferCase{"AllWithdrawn", {{"1", withdrawn}, {"2", withdrawn}}, "0", ""},
        OfferCase{"RunsAWithdrawnOneDoesNotGoBack", {{"1"}, {"2", withdrawn}}, "2", ""},
        OfferCase{"RunsAWithdrawnOneGoesForward", {{"1"}, {"2", withdrawn}, {"3"}}, "2", "3"},
        OfferCase{"RequiredVersionFits", {{"1"}, {"2", released, {"1"}}}, "1", "2"},
        OfferCase{"RequiredVersionMissing", {{"1"}, {"2", released, {"x"}}}, "1", ""},
        OfferCase{"OneOfSeveralRequired", {{"2", released, {"0", "1"}}}, "1", "2"},
        OfferCase{"SteppingStoneFirst", {{"1"}, {"2"}, {"3", released, {"2"}}}, "1", "2"},
        OfferCase{"SteppingStoneThenTheGoal", {{"1"}, {"2"}, {"3", released, {"2"}}}, "2", "3"},
        OfferCase{"NoWayFromHere",
                  {{"1"}, {"2", released, {"1"}}, {"3", released, {"2"}}},
                  "factory",
                  "1"},
        OfferCase{
            "StoneWithdrawn", {{"1"}, {"2", withdrawn, {"1"}}, {"3", released, {"2"}}}, "1", ""},
        OfferCase{"VersionsAreBytesNotNumbers",
                  {{"3.0.6_0015.0515"}},
                  "3.0.6_15.515",
                  "3.0.6_0015.0515"}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::firmware
