#include "app/settings/bucket_settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "stage/open_store.h"

namespace updraft::app {
namespace {

TEST(ClientSettings, TakeTheAddressOfAwsWhenNoneIsGiven) {
    Settings::Firmware firmware;
    firmware.region = "eu-central-1";
    EXPECT_EQ(client_settings(firmware, {"firmware", ""}).error().code, Errc::invalid);
    auto const file = stage::scratch_folder() / "secret";
    std::ofstream(file) << "s3cret";
    std::filesystem::permissions(file, std::filesystem::perms{0600});
    firmware.access_key = "AK";
    firmware.secret_key_file = file.string();
    auto const settings = client_settings(firmware, {"firmware", ""});
    std::filesystem::remove_all(file.parent_path());
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->endpoint.host, "s3.eu-central-1.amazonaws.com");
    EXPECT_EQ(settings->public_address, settings->endpoint);
}

}  // namespace
}  // namespace updraft::app
