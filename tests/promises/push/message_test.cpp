#include "push/message.h"

#include <gtest/gtest.h>

namespace updraft::push {
namespace {

upgrade::Upgrade an_upgrade() {
    upgrade::Upgrade upgrade;
    upgrade.did = {"lamp \"1\""};
    upgrade.version = {"3.0.6_0015.0515"};
    upgrade.progress = 42;
    return upgrade;
}

TEST(Progress, IsToldWithItsMembersInOrder) {
    EXPECT_EQ(progress_body(an_upgrade()),
              R"({"msgType":"ota_upgrade_progress","did":"lamp \"1\"",)"
              R"("firmwareVersion":"3.0.6_0015.0515","progress":42})");
}

TEST(Progress, IsNinetyNineAtMost) {
    auto upgrade = an_upgrade();
    upgrade.progress = 100;
    EXPECT_TRUE(progress_body(upgrade).ends_with(R"("progress":99})"));
    upgrade.progress = 0;
    EXPECT_TRUE(progress_body(upgrade).ends_with(R"("progress":0})"));
}

TEST(Result, OfASuccessHasNoCause) {
    auto upgrade = an_upgrade();
    upgrade.state = upgrade::State::succeeded;
    EXPECT_EQ(result_body(upgrade), R"({"msgType":"ota_upgrade_result","did":"lamp \"1\"",)"
                                    R"("firmwareVersion":"3.0.6_0015.0515","upgradeResult":"1"})");
}

TEST(Result, OfEveryOtherEndSaysTheCause) {
    using upgrade::State;
    for (auto const state : {State::failed, State::cancelled, State::expired}) {
        auto upgrade = an_upgrade();
        upgrade.state = state;
        upgrade.cause = "no_space: /dev/mmcblk0 is full";
        EXPECT_EQ(result_body(upgrade),
                  R"({"msgType":"ota_upgrade_result","did":"lamp \"1\"",)"
                  R"("firmwareVersion":"3.0.6_0015.0515","upgradeResult":"0",)"
                  R"("cause":"no_space: /dev/mmcblk0 is full"})");
    }
}

TEST(NewFirmware, IsTheElementOfTheQueryWithEveryLeafAString) {
    fleet::Device device;
    device.did = {"d1"};
    device.name = "porch";
    device.model = {"lamp"};
    device.version = {"1.0"};
    firmware::Release release;
    release.version = {"2.0"};
    release.update_log = "brighter";
    release.release_date = "2026-11-23";
    release.artifact = firmware::Artifact{.bytes = 5'000'000'000, .digests = {}};
    EXPECT_EQ(new_firmware_body(device, release),
              R"({"msgType":"ota_new_firmware","did":"d1","name":"porch","deviceModel":"lamp",)"
              R"("firmwareVersion":"1.0","upgradeFirmware":{"firmwareVersion":"2.0",)"
              R"("fileSize":"5000000000","updateLog":"brighter","releaseDate":"2026-11-23"}})");
}

TEST(VerificationBody, IsOneMember) { EXPECT_EQ(verification_body("abc"), R"({"echostr":"abc"})"); }

}  // namespace
}  // namespace updraft::push
