#include "firmware/eligibility.h"

#include <gtest/gtest.h>

namespace updraft::firmware {
namespace {

using enum Reason;

// The model has the releases 1, 2, 3 and 4 in this order; 3 installs on 2 only, 4 was withdrawn.
Catalog a_catalog() {
    Catalog catalog;
    catalog.model.name = {"lamp"};
    for (int i = 1; i <= 4; ++i) {
        Release release;
        release.id = {10 + i};
        release.version = {std::to_string(i)};
        release.state = i == 4 ? ReleaseState::withdrawn : ReleaseState::released;
        if (i == 3) release.requires_version = {{"2"}};
        catalog.releases.push_back(std::move(release));
    }
    return catalog;
}

struct EligibilityCase {
    std::string name;
    std::string runs;
    std::size_t asked;            // Its place in the catalog, from 1.
    std::vector<Reason> reasons;  // All that keep it from the device.
    int offers_after = 0;         // Its place.
    int held = 0;                 // 0: nothing, -1: the whole model, else its place.
    int to_nobody = 0;            // Its place.
    bool upgradable = true;
    std::size_t offered = 0;  // Its place; 0: nothing.
};
class ARelease : public testing::TestWithParam<EligibilityCase> {};
TEST_P(ARelease, IsKeptFromTheDeviceByAllReasonsThatAreTrue) {
    auto const& tested = GetParam();
    auto catalog = a_catalog();
    catalog.model.upgradable = tested.upgradable;
    if (tested.held != 0) {
        Hold hold;
        if (tested.held > 0) hold.release = ReleaseId{10 + tested.held};
        catalog.holds.push_back(hold);
    }
    if (tested.to_nobody > 0) {
        catalog.releases[static_cast<std::size_t>(tested.to_nobody - 1)].availability =
            Availability::nobody;
    }
    fleet::Device device;
    device.did = {"d"};
    device.version = {tested.runs};
    if (tested.offers_after > 0) device.offers_after = ReleaseId{10 + tested.offers_after};
    Candidate const candidate(device);
    Eligibility const eligibility(catalog, candidate);
    Reasons wanted;
    for (auto const reason : tested.reasons) wanted.add(reason);
    EXPECT_EQ(eligibility.kept_from(catalog.releases[tested.asked - 1]), wanted);
    auto const* const offered = eligibility.offer();
    EXPECT_EQ(offered, tested.offered == 0 ? nullptr : &catalog.releases[tested.offered - 1]);
}
INSTANTIATE_TEST_SUITE_P(
    , ARelease,
    testing::Values(
        EligibilityCase{.name = "Fits", .runs = "1", .asked = 2, .reasons = {}, .offered = 2},
        EligibilityCase{.name = "NeedsASteppingStone",
                        .runs = "1",
                        .asked = 3,
                        .reasons = {needs_stepping_stone},
                        .offered = 2},
        EligibilityCase{
            .name = "WasWithdrawn", .runs = "2", .asked = 4, .reasons = {no_release}, .offered = 3},
        EligibilityCase{.name = "IsWhatItRuns",
                        .runs = "2",
                        .asked = 2,
                        .reasons = {already_on_version},
                        .offered = 3},
        EligibilityCase{.name = "IsOlderThanWhatItRuns",
                        .runs = "2",
                        .asked = 1,
                        .reasons = {newer_version},
                        .offered = 3},
        EligibilityCase{.name = "IsOlderThanAWithdrawnOneThatItRuns",
                        .runs = "4",
                        .asked = 3,
                        .reasons = {newer_version, needs_stepping_stone}},
        EligibilityCase{.name = "IsWhatItWasPutBackFrom",
                        .runs = "1",
                        .asked = 2,
                        .reasons = {offers_after},
                        .offers_after = 2},
        EligibilityCase{.name = "IsLaterThanWhatItWasPutBackFrom",
                        .runs = "1",
                        .asked = 2,
                        .reasons = {},
                        .offers_after = 1,
                        .offered = 2},
        EligibilityCase{
            .name = "IsHeldAlone", .runs = "2", .asked = 3, .reasons = {held}, .held = 3},
        EligibilityCase{.name = "LeavesTheOtherWhenItIsHeldAlone",
                        .runs = "1",
                        .asked = 2,
                        .reasons = {},
                        .held = 3,
                        .offered = 2},
        EligibilityCase{
            .name = "IsHeldWithItsModel", .runs = "1", .asked = 2, .reasons = {held}, .held = -1},
        EligibilityCase{.name = "IsAvailableToNobody",
                        .runs = "2",
                        .asked = 3,
                        .reasons = {availability_nobody},
                        .to_nobody = 3},
        EligibilityCase{.name = "IsOfAModelWithoutUpgrades",
                        .runs = "1",
                        .asked = 2,
                        .reasons = {not_upgradable},
                        .upgradable = false},
        EligibilityCase{.name = "MayHaveSeveral",
                        .runs = "3",
                        .asked = 1,
                        .reasons = {newer_version, offers_after, held, availability_nobody},
                        .offers_after = 4,
                        .held = 1,
                        .to_nobody = 1}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::firmware
