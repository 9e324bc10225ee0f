#include "firmware/inspect.h"

#include <gtest/gtest.h>

#include "json/reader.h"
#include "made_images.h"
#include "text/hex.h"

namespace updraft::firmware {
namespace {

std::string said_by(std::string const& bytes) {
    Peek file(bytes);
    return image_json(inspect(file));
}

struct ImageCase {
    std::string name;
    std::string bytes;
    std::string said;
};

std::vector<ImageCase> known_images() {
    return {
        {"Swu", made::swu(),
         R"({"format":"swu","version":"1.4.0","description":"Gateway",)"
         R"("hardwareCompatibility":["1.0","1.2","#rev"],"signature":"present"})"},
        {"SwuOfJson",
         made::swu(R"({"software":{"version":"1\u002e2","hardware-compatibility":["a"]}})"),
         R"({"format":"swu","version":"1.2","hardwareCompatibility":["a"],"signature":"present"})"},
        {"SwuThatIsEncrypted", made::swu("\x8F\x01 not a text"),
         R"({"format":"swu","signature":"present"})"},
        {"RaucVerity", made::rauc(made::rauc_manifest),
         R"({"format":"rauc","version":"2026.11-1","bundleFormat":"verity","compatible":"Lamp 3"})"},
        {"RaucPlain", made::rauc(""), R"({"format":"rauc","bundleFormat":"plain"})"},
        {"RaucCrypt", made::rauc("[update]\nversion = 3\n[bundle]\nformat=crypt\n", "\x99\x01"),
         R"({"format":"rauc","version":"3","bundleFormat":"crypt"})"},
        {"MenderPacked", made::mender("header.tar.gz", made::gzip(made::mender_header())),
         R"({"format":"mender","version":"3.1","artifactFormat":3,"artifactName":"lamp-3.1",)"
         R"("deviceTypes":["lamp","lamp2"],"payloads":["rootfs-image"]})"},
        {"MenderPlain", made::mender("header.tar", made::mender_header()),
         R"({"format":"mender","version":"3.1","artifactFormat":3,"artifactName":"lamp-3.1",)"
         R"("deviceTypes":["lamp","lamp2"],"payloads":["rootfs-image"]})"},
        {"MenderOfVersion2",
         made::mender("header.tar",
                      made::tar({{"header-info",
                                  R"({"updates":[{"type":"rootfs-image"}],"artifact_name":"r1",)"
                                  R"("device_types_compatible":["lamp"]})"}})),
         R"({"format":"mender","artifactFormat":3,"artifactName":"r1","deviceTypes":["lamp"],)"
         R"("payloads":["rootfs-image"]})"},
        {"MenderPackedOtherwise",
         made::mender("header.tar.xz",
                      "\xFD"
                      "7zXZ"),
         R"({"format":"mender","artifactFormat":3,"headerPacking":"xz"})"},
        {"Zigbee", made::zigbee(),
         R"({"format":"zigbee","version":"0x10023701","fileVersion":268580609,)"
         R"("manufacturerCode":4476,"imageType":8449,"stackVersion":2,)"
         R"("headerString":"EBL tradfri","imageSize":66})"},
        {"EspIdf", made::esp_idf(),
         R"({"format":"esp-idf","version":"v2.1","project":"lamp","chip":"ESP32-S3",)"
         R"("idfVersion":"v5.1.2","built":"Nov 23 2026 10:11:12","secureVersion":3})"},
        {"McuBoot", made::mcuboot(),
         R"({"format":"mcuboot","version":"1.2.300+4","headerSize":512,"imageSize":100,)"
         R"("loadAddress":"0x00008000","flags":"0x00000000"})"},
        {"Fit", made::fit(),
         R"({"format":"fit","built":"2026-11-23T21:00:00.000Z","description":"Lamp kernel",)"
         R"("images":["kernel-1","fdt-1"]})"},
        {"UImage", made::uimage(),
         R"({"format":"uimage","name":"Linux-6.1","type":"kernel","os":"linux",)"
         R"("architecture":"arm","compression":"gzip","built":"2026-11-23T21:00:00.000Z",)"
         R"("imageSize":5,"loadAddress":"0x80008000","entryPoint":"0x80008040",)"
         R"("header":"intact"})"},
        {"Elf", made::elf(),
         R"({"format":"elf","class":"ELF32","byteOrder":"little","machine":"arm"})"},
        {"Elf64", made::elf64(),
         R"({"format":"elf","class":"ELF64","byteOrder":"big","machine":"arm64"})"},
        {"FitWithDataBehind", made::fit_with_data_behind(),
         R"({"format":"fit","images":["kernel-1"]})"},
        {"ZigbeeInAContainer", std::string(60'000, 'c') + made::zigbee() + "signature",
         R"({"format":"zigbee","version":"0x10023701","fileVersion":268580609,)"
         R"("manufacturerCode":4476,"imageType":8449,"stackVersion":2,)"
         R"("headerString":"EBL tradfri","imageSize":66,"headerOffset":60000})"},
        {"ZigbeeBehindAnotherMagicNumber",
         "NGIS" + made::le(0x0BEEF11E, 4) + std::string(60, 'c') + made::zigbee(7),
         R"({"format":"zigbee","version":"0x00000007","fileVersion":7,)"
         R"("manufacturerCode":4476,"imageType":8449,"stackVersion":2,)"
         R"("headerString":"EBL tradfri","imageSize":66,"headerOffset":68})"},
    };
}

std::vector<ImageCase> unknown_files() {
    return {
        {"Nothing", "", ""},
        {"Zeros", std::string(10'000, '\0'), ""},
        {"Text", "firmware", ""},
        {"CpioOfSomethingElse", made::cpio({{"etc/passwd", "x"}, {"sw-description", "x"}}), ""},
        {"TarOfSomethingElse", made::tar({{"version", R"({"format":"other"})"}}), ""},
        {"TarWithoutAVersion", made::tar({{"header.tar", "x"}}), ""},
        {"TarWithAWrongSum", made::mender("header.tar", "").replace(0, 1, "V"), ""},
        {"SquashfsAlone", made::padded("hsqs", 4096), ""},
        {"ZigbeeFarFromTheBeginning", std::string(70'000, 'c') + made::zigbee(), ""},
        {"ZigbeeMagicNumberAlone", "c" + made::le(0x0BEEF11E, 4) + std::string(100, '\0'), ""},
        {"SignedButNoBundle", made::rauc("", "MZ"), ""},
        {"EspWithoutDescription", "\xE9" + std::string(300, '\0'), ""},
        {"TreeWithoutImages", made::device_tree(made::node("") + made::be(2, 4)), ""},
        {"ImagesTooDeep",
         made::device_tree(made::node("") + made::node("soc") + made::node("images")), ""},
    };
}

class KnownImage : public testing::TestWithParam<ImageCase> {};
TEST_P(KnownImage, SaysWhatItIs) {
    auto const said = said_by(GetParam().bytes);
    EXPECT_EQ(said, GetParam().said);
    EXPECT_TRUE(json::read_object(said));
}
TEST_P(KnownImage, SaysNothingElseWhenItBreaksOff) {
    auto const& whole = GetParam().bytes;
    auto const format = GetParam().said.substr(0, GetParam().said.find_first_of(",}"));
    // A truncated file is either of the same format or of none. Some formats are recognised by the
    // end of the file, and a device tree may be cut after the last part that is needed.
    for (std::size_t bytes = 0; bytes < std::min<std::size_t>(whole.size(), 6000); ++bytes) {
        auto const said = said_by(whole.substr(0, bytes));
        EXPECT_TRUE(said == R"({"format":"raw"})" || said.starts_with(format)) << bytes << said;
    }
}
TEST_P(KnownImage, NeverMakesTroubleWithAByteChanged) {
    auto const& whole = GetParam().bytes;
    for (std::size_t at = 0; at < std::min<std::size_t>(whole.size(), 1500); ++at) {
        for (auto const other : {'\0', '\xFF', '\x7F'}) {
            auto changed = whole;
            changed[at] = other;
            EXPECT_TRUE(json::read_object(said_by(changed))) << at;
        }
    }
}
INSTANTIATE_TEST_SUITE_P(, KnownImage, testing::ValuesIn(known_images()),
                         [](auto const& tested) { return tested.param.name; });

class UnknownFile : public testing::TestWithParam<ImageCase> {};
TEST_P(UnknownFile, IsRaw) { EXPECT_EQ(said_by(GetParam().bytes), R"({"format":"raw"})"); }
INSTANTIATE_TEST_SUITE_P(, UnknownFile, testing::ValuesIn(unknown_files()),
                         [](auto const& tested) { return tested.param.name; });

// Files with wrong lengths, or with structures that a careless reader would follow forever. They
// are made only when needed, because some are large.
struct HostileCase {
    std::string name;
    std::string (*make)();
    std::string format;
};

std::string replaced(std::string bytes, std::size_t at, std::string const& with) {
    return bytes.replace(at, with.size(), with);
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
}

std::vector<HostileCase> hostile_images() {
    using namespace made;
    return {
        {"LongDescription", [] { return replaced(swu(), 54, "FFFFFFFF"); }, "swu"},
        {"LongName", [] { return replaced(swu(), 94, "FFFFFFFF"); }, "raw"},
        {"NegativeLength", [] { return replaced(swu(), 54, "-0000001"); }, "raw"},
        {"EndlessGroups", [] { return swu(std::string(500'000, '{')); }, "swu"},
        {"EndlessBrackets", [] { return swu(std::string(500'000, ']')); }, "swu"},
        {"EndlessText", [] { return swu("software={version=\"" + std::string(900'000, '1')); },
         "swu"},
        {"EndlessEscapes", [] { return swu("software={version=\"" + std::string(500'001, '\\')); },
         "swu"},
        {"EndlessComments", [] { return swu("software={" + repeated("/*/", 50'000)); }, "swu"},
        {"TooLongADescription", [] { return swu(std::string(2'000'000, ' ')); }, "swu"},
        {"Bomb", [] { return mender("header.tar.gz", gzip(std::string(16U * 1024 * 1024, '\0'))); },
         "mender"},
        {"BombOfHeaders",
         [] {
             return mender("header.tar.gz", gzip(tar(Members(5'000, {"a", ""}))));
         },
         "mender"},
        {"LongTarMember",
         [] { return replaced(mender("header.tar", mender_header()), 124, "77777777777"); }, "raw"},
        {"HugeZigbee", [] { return replaced(zigbee(0xFFFFFFFF), 52, "\xFF\xFF\xFF\xFF"); },
         "zigbee"},
        // The header says that the structure and the strings begin inside the header.
        {"SelfReferringTree", [] { return replaced(fit(), 8, be(0, 8)); }, "raw"},
        {"TreeOverTheEnd", [] { return replaced(fit(), 8, be(0xFFFFFFFF, 4)); }, "raw"},
        {"TreeOfNothing",
         [] { return device_tree(node("") + repeated(be(4, 4), 100'000) + node("images")); },
         "raw"},
        {"TreeThatNeverEnds", [] { return device_tree(node("") + repeated(node("images"), 100)); },
         "fit"},
        {"TreeWithALongValue",
         [] {
             return device_tree(node("") + be(3, 4) + be(0xFFFFFFFF, 4) + be(0, 4) +
                                node("images"));
         },
         "raw"},
        {"TreeWithANameOutside",
         [] { return device_tree(node("") + prop(0xFFFFFFFF, "abc") + node("images")); }, "raw"},
        {"SignatureLongerThanTheFile", [] { return padded("hsqs", 100) + be(5000, 8); }, "raw"},
        {"SignatureOfMostOfTheWorld", [] { return padded("hsqs", 100) + be(~0ULL, 8); }, "raw"},
        {"SignatureWithLongElements",
         [] { return padded("hsqs", 100) + "\x30\x84\xFF\xFF\xFF\xFF" + be(6, 8); }, "raw"},
    };
}

class HostileImage : public testing::TestWithParam<HostileCase> {};
TEST_P(HostileImage, IsReadWithinTheAllowance) {
    auto const bytes = GetParam().make();
    std::size_t read = 0;
    Peek file(std::ssize(bytes), [&](std::int64_t offset, std::span<char> into) {
        auto const got =
            std::string_view(bytes).substr(static_cast<std::size_t>(offset), into.size());
        std::ranges::copy(got, into.begin());
        read += into.size();
        return got.size();
    });
    EXPECT_EQ(word(inspect(file).format), GetParam().format);
    EXPECT_LE(read, Peek::allowance_bytes);
}
INSTANTIATE_TEST_SUITE_P(, HostileImage, testing::ValuesIn(hostile_images()),
                         [](auto const& tested) { return tested.param.name; });

TEST(Inspection, KeepsTextsShortAndPrintable) {
    auto const said = said_by(made::swu("software={version=\"\t1\x01\n2\";description=\"" +
                                        std::string(127, 'a') + "\xC3\xA9\";}"));
    EXPECT_EQ(said, R"({"format":"swu","version":"1  2","description":")" + std::string(127, 'a') +
                        R"(","signature":"present"})");
}

TEST(Inspection, KeepsListsShort) {
    std::string texts;
    for (int i = 0; i < 100; ++i) texts += "\"h" + std::to_string(i) + "\",";
    auto const said = said_by(made::swu("software={hardware-compatibility=[" + texts + "]}"));
    EXPECT_NE(said.find("\"h15\""), std::string::npos);
    EXPECT_EQ(said.find("\"h16\""), std::string::npos);
}

struct DamageCase {
    std::string name;
    std::string bytes;
    std::string damage;
};

std::vector<DamageCase> cut_files() {
    auto const without = [](std::string bytes, std::size_t last) {
        bytes.resize(bytes.size() - last);
        return bytes;
    };
    return {
        {"SwuWithoutItsEnd", made::cpio({{"sw-description", "software={version=\"1\";};"}}),
         "cut short or damaged: no member of the archive begins at byte 152"},
        {"SwuInAMember", without(made::swu(), 130),
         "cut short: by its own account it has at least"},
        {"SwuInItsFirstHeader", made::swu().substr(0, 100), "cut short:"},
        {"SwuInItsFirstName", made::swu().substr(0, 115), "cut short:"},
        {"MenderWithoutItsEnd", without(made::mender("header.tar", "x"), 1024),
         "cut short or damaged: no member of the archive begins at byte 4096"},
        {"MenderInAMember", without(made::mender("header.tar", "x"), 1024 + 508), "cut short:"},
        {"Zigbee", without(made::zigbee(), 1),
         "cut short: by its own account it has at least 66 bytes, but the file has 65"},
        {"ZigbeeInItsHeader", made::zigbee().substr(0, 20), "cut short:"},
        {"ZigbeeInAContainer", without(std::string(100, 'c') + made::zigbee(), 1),
         "cut short: by its own account it has at least 166 bytes, but the file has 165"},
        {"EspIdfInItsDigest", without(made::esp_idf(), 1), "cut short:"},
        {"EspIdfInASegment", without(made::esp_idf(), 60), "cut short:"},
        {"EspIdfWithoutADigest", without(made::esp_idf("1", false), 1), "cut short:"},
        {"EspIdfInItsDescription", made::esp_idf().substr(0, 100), "cut short:"},
        {"McuBoot", without(made::mcuboot(), 1), "cut short:"},
        {"McuBootInItsImage", made::mcuboot().substr(0, 600), "cut short:"},
        {"McuBootInItsHeader", made::mcuboot().substr(0, 20), "cut short:"},
        {"UImage", without(made::uimage(), 1), "cut short:"},
        {"UImageInItsHeader", made::uimage().substr(0, 63), "cut short:"},
        {"Fit", without(made::fit(), 1), "cut short:"},
        {"FitInDataBehind", without(made::fit_with_data_behind(), 1), "cut short:"},
        {"Elf", without(made::elf(), 1), "cut short:"},
        {"ElfInItsHeader", made::elf().substr(0, 40), "cut short:"},
        {"Elf64InASegment", without(made::elf64(), 1), "cut short:"},
        {"Squashfs",
         made::padded(made::padded("hsqs", 28) + made::le(4, 12) + made::le(5000, 8), 4999),
         "cut short: by its own account it has at least 5000 bytes, but the file has 4999"},
    };
}

std::vector<DamageCase> damaged_files() {
    auto const changed = [](std::string bytes, std::size_t at) {
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        return bytes;
    };
    return {
        {"SwuMember", changed(made::swu(), 200),
         "damaged: the checksum of sw-description is wrong"},
        {"EspIdf", changed(made::esp_idf(), 60),
         "damaged: the SHA-256 in it is not that of its content"},
        {"EspIdfWithoutADigest", changed(made::esp_idf("1", false), 60),
         "damaged: the checksum in it is not that of its segments"},
        {"McuBoot", changed(made::mcuboot(), 600),
         "damaged: the SHA-256 in it is not that of its content"},
        {"McuBootWithoutATrailer",
         made::mcuboot().substr(0, 512 + 100 + 12) + std::string(100, '\xFF'),
         "damaged: after the image no trailer with its digest begins"},
        {"UImageHeader", changed(made::uimage(), 40),
         "damaged: the checksum of its header is wrong"},
        {"UImageData", changed(made::uimage(), 66),
         "damaged: the checksum in its header is not that of its data"},
        {"SwuThatLacksAFile", made::swu("software={images:({filename=\"lost.img\";});}"),
         "damaged: sw-description names lost.img, which is not in it"},
        {"SwuWithAnotherFile",
         made::swu("software={images:({filename=\"rootfs.img\";sha256=\"" + std::string(64, '0') +
                   "\";});}"),
         "damaged: the SHA-256 of rootfs.img is not in sw-description"},
        {"MenderPayload", made::whole_mender("rootfs", "rootfz"),
         "damaged: the SHA-256 of data/0000/rootfs.img is not that of the manifest"},
        {"MenderPackedPayload", made::whole_mender("rootfs", "rootfz", true),
         "damaged: the SHA-256 of data/0000/rootfs.img is not that of the manifest"},
        {"MenderHeader", changed(made::whole_mender("rootfs", "rootfs"), 4 * 512 + 1100),
         "damaged: the SHA-256 of header.tar is not that of the manifest"},
        {"Form",
         "--------------------------d74\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nx",
         "wrapped in a form:"},
        {"ZigbeeEndsInsideAnElement", replaced(made::zigbee(), 52, made::le(65, 4)),
         "damaged: by its size in the header it ends inside an element"},
        {"ZigbeeEndsInsideAnElementsHeader", replaced(made::zigbee(), 52, made::le(60, 4)),
         "damaged: by its size in the header it ends inside an element"},
        {"ZigbeeWithATooLongElement", replaced(made::zigbee(), 58, made::le(5, 4)),
         "damaged: by its size in the header it ends inside an element"},
        {"ZigbeeSmallerThanItsHeader", replaced(made::zigbee(), 52, made::le(55, 4)),
         "damaged: its size in the header is less than the header"},
    };
}

class UnsoundFile : public testing::TestWithParam<DamageCase> {};
TEST_P(UnsoundFile, TellsItsDamage) {
    Peek file(GetParam().bytes);
    auto const image = inspect(file);
    ASSERT_TRUE(image.damage);
    EXPECT_TRUE(image.damage->starts_with(GetParam().damage)) << *image.damage;
    EXPECT_NE(image_json(image).find("\"damage\":\"" + *image.damage), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Cut, UnsoundFile, testing::ValuesIn(cut_files()),
                         [](auto const& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(Damaged, UnsoundFile, testing::ValuesIn(damaged_files()),
                         [](auto const& tested) { return tested.param.name; });

TEST(Inspection, FindsNothingWrongWithFilesThatAreAsTheirDigestsSay) {
    auto const digest = text::hex(made::raw_sha256("bytes"));
    auto const swu =
        made::swu("software={images:({filename=\"rootfs.img\";sha256=\"" + digest + "\";});}");
    for (auto const& bytes : {swu, made::whole_mender("rootfs", "rootfs"),
                              made::whole_mender("rootfs", "rootfs", true), made::zigbee()}) {
        EXPECT_EQ(said_by(bytes).find("damage\""), std::string::npos) << said_by(bytes);
    }
}

TEST(Inspection, DoesNotCompareTheDigestOfAnEncryptedImage) {
    auto bytes = made::mcuboot(4, 0x4);
    bytes[600] = '!';
    EXPECT_EQ(said_by(bytes).find("damage\""), std::string::npos);
}

// What is larger than the allowance is not read: only its size is checked.
TEST(Inspection, DoesNotCompareTheChecksumOfAVeryLargeImage) {
    auto bytes = made::uimage();
    bytes.replace(12, 4, made::be(Peek::allowance_bytes, 4));
    bytes.replace(4, 4, made::be(0, 4));
    bytes.replace(4, 4, made::be(made::crc_of(bytes.substr(0, 64)), 4));
    bytes.resize(64 + Peek::allowance_bytes);
    EXPECT_EQ(said_by(bytes).find("damage\""), std::string::npos);
    bytes.pop_back();
    EXPECT_NE(said_by(bytes).find("\"damage\":\"cut short"), std::string::npos);
}

TEST(Inspection, SeesADamagedHeaderOfUBoot) {
    auto bytes = made::uimage();
    bytes[40] = '!';
    EXPECT_NE(said_by(bytes).find(R"("header":"damaged")"), std::string::npos);
}

TEST(Inspection, OfAFileThatCannotBeReadSaysRaw) {
    Peek file(1000, [](std::int64_t, std::span<char>) { return std::size_t{0}; });
    EXPECT_EQ(inspect(file).format, Format::raw);
}

}  // namespace
}  // namespace updraft::firmware
