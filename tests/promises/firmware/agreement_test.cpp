#include "firmware/agreement.h"

#include <gtest/gtest.h>

namespace updraft::firmware {
namespace {

struct AgreementCase {
    std::string name;
    std::string format;
    std::string inside;
    std::string released;
    bool agree;
};
class AVersionInside : public testing::TestWithParam<AgreementCase> {};
TEST_P(AVersionInside, IsComparedWithTheReleased) {
    auto const& tested = GetParam();
    auto const image =
        R"({"format":")" + tested.format + R"(","version":")" + tested.inside + "\"}";
    auto const said = contradiction(image, {tested.released});
    EXPECT_EQ(said, tested.agree ? std::nullopt : std::optional(tested.inside));
}
INSTANTIATE_TEST_SUITE_P(
    , AVersionInside,
    testing::Values(AgreementCase{"Same", "swu", "1.0", "1.0", true},
                    AgreementCase{"Other", "swu", "1.0", "1.1", false},
                    AgreementCase{"LongerReleased", "swu", "1.0", "1.0.0", false},
                    AgreementCase{"Blanks", "swu", " 1.0 ", "1.0", true},
                    AgreementCase{"VInside", "esp-idf", "v1.0", "1.0", true},
                    AgreementCase{"VReleased", "esp-idf", "1.0", "V1.0", true},
                    AgreementCase{"VOfAName", "swu", "vega", "ega", false},
                    AgreementCase{"Letters", "rauc", "1.0A", "1.0a", false},
                    AgreementCase{"ZigbeeHex", "zigbee", "0x10023701", "0x10023701", true},
                    AgreementCase{"ZigbeeLowerHex", "zigbee", "0x0000ABCD", "0xabcd", true},
                    AgreementCase{"ZigbeeBareHex", "zigbee", "0x0000ABCD", "0000abcd", true},
                    AgreementCase{"ZigbeeDigitsOfHex", "zigbee", "0x10023701", "10023701", true},
                    AgreementCase{"ZigbeeDecimal", "zigbee", "0x10023701", "268580609", true},
                    AgreementCase{"ZigbeeOtherHex", "zigbee", "0x10023701", "0x10023702", false},
                    AgreementCase{"ZigbeeOtherDecimal", "zigbee", "0x10023701", "7", false},
                    AgreementCase{"ZigbeeNoNumber", "zigbee", "0x10023701", "2.1.0", true},
                    AgreementCase{"ZigbeeHugeNumber", "zigbee", "0x10023701",
                                  "999999999999999999999999", true},
                    AgreementCase{"BuildNotReleased", "mcuboot", "1.2.3+4", "1.2.3", true},
                    AgreementCase{"BuildSame", "mcuboot", "1.2.3+4", "1.2.3+4", true},
                    AgreementCase{"BuildOther", "mcuboot", "1.2.3+4", "1.2.3+5", false},
                    AgreementCase{"BuildZero", "mcuboot", "1.2.3", "1.2.3+0", true},
                    AgreementCase{"BuildOnlyReleased", "mcuboot", "1.2.3", "1.2.3+1", false},
                    AgreementCase{"RevisionOther", "mcuboot", "1.2.3+4", "1.2.4", false},
                    AgreementCase{"NeverVersioned", "mcuboot", "0.0.0", "7.1", true}),
    [](auto const& tested) { return tested.param.name; });

struct SilentCase {
    std::string name;
    std::string image;
};
class ImageWithoutAVersion : public testing::TestWithParam<SilentCase> {};
TEST_P(ImageWithoutAVersion, ContradictsNothing) {
    EXPECT_EQ(contradiction(GetParam().image, {"1.0"}), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(, ImageWithoutAVersion,
                         testing::Values(SilentCase{"NeverLookedAt", ""},
                                         SilentCase{"Raw", R"({"format":"raw"})"},
                                         SilentCase{"Elf", R"({"format":"elf","class":"ELF32"})"},
                                         SilentCase{"Unreadable", "{"}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::firmware
