#include "firmware/running.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "firmware/offer.h"

namespace updraft::firmware {
namespace {

Release a_release(std::string version, VersionInside inside = {},
                  std::vector<Version> reported_as = {}) {
    Release release;
    release.version = {std::move(version)};
    release.inside = std::move(inside);
    release.reported_as = std::move(reported_as);
    release.state = ReleaseState::released;
    return release;
}

struct RunsCase {
    std::string name;
    Release release;
    std::string reported;
    bool runs;
};
class ADevice : public testing::TestWithParam<RunsCase> {};
TEST_P(ADevice, RunsWhatIsCalledOrSaysSo) {
    Catalog catalog;
    catalog.releases = {GetParam().release};
    auto const* const found = running(catalog, Version{GetParam().reported});
    EXPECT_EQ(found != nullptr, GetParam().runs);
}
INSTANTIATE_TEST_SUITE_P(
    , ADevice,
    testing::Values(
        RunsCase{"ItsVersion", a_release("2.0"), "2.0", true},
        RunsCase{"ItsVersionWithV", a_release("2.0"), "v2.0", true},
        RunsCase{"ItsVersionWithoutV", a_release("V2.0"), "2.0 ", true},
        RunsCase{"AnotherVersion", a_release("2.0"), "2.1", false},
        RunsCase{"ReportedAs", a_release("2.0", {}, {{"build-7"}, {"b8"}}), " b8", true},
        RunsCase{"NotReportedAs", a_release("2.0", {}, {{"build-7"}}), "build-8", false},
        RunsCase{"WhatTheFileSays", a_release("2.0", {"esp-idf", "v1.9-g1234"}), "1.9-g1234", true},
        RunsCase{"NotWhatTheFileSays", a_release("2.0", {"swu", "2.0.0"}), "2.0.1", false},
        RunsCase{"AFileWithoutAVersion", a_release("2.0", {"raw", ""}), "", false},
        RunsCase{"ZigbeeHex", a_release("2.0", {"zigbee", "0x10023701"}), "0x10023701", true},
        RunsCase{"ZigbeeBareHex", a_release("2.0", {"zigbee", "0x10023701"}), "10023701", true},
        RunsCase{"ZigbeeDecimal", a_release("2.0", {"zigbee", "0x10023701"}), "268580609", true},
        RunsCase{"ZigbeeOther", a_release("2.0", {"zigbee", "0x10023701"}), "268580610", false},
        RunsCase{"ZigbeeNoNumber", a_release("2.0", {"zigbee", "0x10023701"}), "2.1.0", false},
        RunsCase{"McubootBuild", a_release("2.0", {"mcuboot", "1.2.3+4"}), "1.2.3+4", true},
        RunsCase{"McubootWithoutBuild", a_release("2.0", {"mcuboot", "1.2.3+4"}), "v1.2.3", true},
        RunsCase{"McubootOther", a_release("2.0", {"mcuboot", "1.2.3+4"}), "1.2.3+5", false},
        RunsCase{"McubootZero", a_release("2.0", {"mcuboot", "1.2.3"}), "1.2.3+0", true},
        RunsCase{"McubootDefault", a_release("2.0", {"mcuboot", "0.0.0"}), "0.0.0", false}),
    [](auto const& tested) { return tested.param.name; });

class Several : public testing::Test {
protected:
    std::string running_now(std::string const& reported) {
        auto const* found = running(catalog, Version{reported});
        return found == nullptr ? "" : found->version.value;
    }
    std::string offered(std::string const& reported) {
        fleet::Device device;
        device.version = Version{reported};
        auto const* found = offer(catalog, Candidate(device));
        return found == nullptr ? "" : found->version.value;
    }
    Catalog catalog;
};

struct OneTextCase {
    std::string name;
    std::string reported;
    std::string before;  // The version of a release; empty: nothing is known.
    std::string meant;   // Empty: none of them.
};
class OneText : public Several, public testing::WithParamInterface<OneTextCase> {};
TEST_P(OneText, MeansANameThenWhatRanBeforeThenTheNewest) {
    catalog.releases = {a_release("1.9", {"swu", "1.9"}),
                        a_release("2.0", {"swu", "1.9"}, {{"factory"}}),
                        a_release("2.1", {"swu", "x"}),
                        a_release("2.2", {"swu", "x"}),
                        a_release("2.3", {"swu", "2.3"}),
                        a_release("16", {"zigbee", "0x00000010"}),
                        a_release("22", {"zigbee", "0x00000016"}),
                        a_release("1.2.3", {"mcuboot", "1.2.3+4"}),
                        a_release("1.2.3+5", {"mcuboot", "1.2.3+5"}),
                        a_release("rel-b", {"zigbee", "0x00000030"}),
                        a_release("rel-a", {"zigbee", "0x00000048"})};
    auto const before =
        std::ranges::find(catalog.releases, Version{GetParam().before}, &Release::version);
    auto const* const ran = before == catalog.releases.end() ? nullptr : &*before;
    auto const* const found = running(catalog, Version{GetParam().reported}, ran);
    EXPECT_EQ(found == nullptr ? "" : found->version.value, GetParam().meant);
}
INSTANTIATE_TEST_SUITE_P(
    , OneText,
    testing::Values(OneTextCase{"NoneOfThem", "y", "2.1", ""},
                    OneTextCase{"AFileOfTheNewest", "x", "", "2.2"},
                    OneTextCase{"AFileOfWhatRanBefore", "x", "2.1", "2.1"},
                    OneTextCase{"AFileOfOthersThanWhatRanBefore", "x", "2.0", "2.2"},
                    OneTextCase{"ANameBeforeTheFileOfAnother", "v1.9", "", "1.9"},
                    OneTextCase{"ANameBeforeTheFileOfWhatRanBefore", "v1.9", "2.0", "1.9"},
                    OneTextCase{"ADeclaredName", "factory", "1.9", "2.0"},
                    OneTextCase{"ANumberThatIsAName", "16", "22", "16"},
                    OneTextCase{"ANumberInHexadecimal", "0x16", "16", "22"},
                    OneTextCase{"AnotherNumber", "22", "16", "22"},
                    OneTextCase{"ANumberOfTwoFiles", "48", "rel-b", "rel-b"},
                    OneTextCase{"ANumberOfTwoFilesAfterTheOther", "48", "rel-a", "rel-a"},
                    OneTextCase{"ANumberOfTwoFilesIsDecimal", "48", "", "rel-b"},
                    OneTextCase{"ANumberOfAFileInHexadecimal", "30", "", "rel-b"},
                    OneTextCase{"NoBuildNumber", "1.2.3", "1.2.3+5", "1.2.3"},
                    OneTextCase{"ABuildNumber", "1.2.3+4", "1.2.3+5", "1.2.3"}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Several, AreToldApartByNameBeforeTheirFiles) {
    catalog.releases = {a_release("1.9", {"swu", "1.9"}), a_release("2.0", {"swu", "1.9"}),
                        a_release("2.1", {"swu", "x"}), a_release("2.2", {"swu", "x"})};
    EXPECT_EQ(running_now("v1.9"), "1.9");
    EXPECT_EQ(running_now("x"), "2.2");
    EXPECT_EQ(running_now("y"), "");
    EXPECT_EQ(offered("v1.9"), "2.2");
    EXPECT_EQ(offered("x"), "");
    catalog.releases[3].requires_version = {Version{"x"}};
    EXPECT_EQ(offered("2.1"), "2.2");
}

TEST_F(Several, AreOfferedInOrderOfReleaseWhateverTheSpelling) {
    catalog.releases = {a_release("1.0"), a_release("2.0", {"swu", "v2.0.0"}, {{"build-2"}}),
                        a_release("3.0")};
    catalog.releases[2].requires_version = {Version{"2.0"}};
    for (auto const* reported : {"2.0", "v2.0", " V2.0", "2.0.0", "v2.0.0", "build-2"}) {
        EXPECT_EQ(offered(reported), "3.0") << reported;
    }
    EXPECT_EQ(offered("v1.0"), "2.0");
    EXPECT_EQ(offered("v3.0"), "");
    catalog.releases[2].requires_version = {Version{"build-2"}};
    EXPECT_EQ(offered("v2.0"), "3.0");
}

TEST_F(Several, AreTheSameSoftwareWhenOneReleaseHasBothVersions) {
    catalog.releases = {a_release("1.0", {}, {{"b1"}}), a_release("2.0")};
    auto const same = [&](std::string a, std::string b) {
        return is_same_software(catalog, {std::move(a)}, {std::move(b)});
    };
    EXPECT_TRUE(same("b1", "v1.0"));
    EXPECT_TRUE(same("unknown", " unknown"));
    EXPECT_FALSE(same("unknown", "other"));
    EXPECT_FALSE(same("b1", "2.0"));
}

}  // namespace
}  // namespace updraft::firmware
