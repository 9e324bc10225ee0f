#include "app/artifacts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "stage/open_store.h"

namespace updraft::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class SecretKey : public testing::Test {
protected:
    ~SecretKey() override {
        std::error_code ignored;
        std::filesystem::remove_all(file_.parent_path(), ignored);
    }
    Result<Secret> read(std::string const& content, std::filesystem::perms mode) {
        std::ofstream(file_) << content;
        std::filesystem::permissions(file_, mode);
        return read_secret_key(file_.string());
    }

    static constexpr auto owner_only = std::filesystem::perms{0600};
    std::filesystem::path file_ = stage::scratch_folder() / "secret";
};

TEST_F(SecretKey, IsOneWordOfAPrivateFile) {
    EXPECT_EQ(read("s3cret/with+signs\n", owner_only)->reveal(), "s3cret/with+signs");
    EXPECT_EQ(read("s3cret", std::filesystem::perms{0400})->reveal(), "s3cret");
}

TEST_F(SecretKey, IsRefusedAndNotRepeatedOtherwise) {
    for (auto const& content : {std::string(), std::string(" \n"), std::string("s3cret words"),
                                std::string(5'000, 's')}) {
        auto const refused = read(content, owner_only);
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().detail, Not(HasSubstr("s3cret")));
    }
    EXPECT_THAT(read("s3cret", std::filesystem::perms{0640}).error().detail, HasSubstr("0600"));
    EXPECT_EQ(read_secret_key("/nowhere/secret").error().code, Errc::unavailable);
}

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
