// The file with the credentials of simulated devices.

#include "app/commands/fleet_enrolment.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace updraft::app {
namespace {

class Credentials : public testing::Test {
protected:
    void SetUp() override {
        folder_ = (std::filesystem::temp_directory_path() / "credentials-XXXXXX").string();
        ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string file() const { return folder_ + "/devices.csv"; }
    [[nodiscard]] std::string file_with(std::string const& text) const {
        std::ofstream(file()) << text;
        std::filesystem::permissions(
            file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        return file();
    }

private:
    std::string folder_;
};

TEST_F(Credentials, AreReadLineByLine) {
    auto const members =
        read_members(file_with("# did,token\n\nd-1,secret\nd-2,secret2,1.0.0\r\n"), "");
    ASSERT_TRUE(members) << members.error().detail;
    ASSERT_EQ(members->size(), 2U);
    EXPECT_EQ(members->at(0).did, "d-1");
    EXPECT_EQ(members->at(0).authorization, "TargetToken secret");
    EXPECT_EQ(members->at(0).version, "");
    EXPECT_EQ(members->at(1).version, "1.0.0");
}

TEST_F(Credentials, ComeBackAsTheyWereWritten) {
    std::vector<simulator::Member> const members{{"gw-1", "TargetToken a", "1.0.0"},
                                                 {"d-1", "GatewayToken a", ""}};
    ASSERT_TRUE(write_members(file(), members));
    struct stat status {};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    auto const again = read_members(file(), "");
    ASSERT_TRUE(again) << again.error().detail;
    ASSERT_EQ(again->size(), 2U);
    EXPECT_EQ(again->at(0).authorization, "TargetToken a");
    EXPECT_EQ(again->at(1).authorization, "GatewayToken a");
}

TEST_F(Credentials, MayBeThoseOfTheGateway) {
    auto const members = read_members(file_with("d-1\nd-2,own\n"), "shared");
    ASSERT_TRUE(members) << members.error().detail;
    EXPECT_EQ(members->at(0).authorization, "GatewayToken shared");
    EXPECT_EQ(members->at(1).authorization, "TargetToken own");
}

struct BadCase {
    std::string name;
    std::string text;
    std::string complaint;
};
class BadCredentials : public Credentials, public testing::WithParamInterface<BadCase> {};
TEST_P(BadCredentials, NameFileAndLine) {
    auto const members = read_members(file_with(GetParam().text), "");
    ASSERT_FALSE(members);
    EXPECT_NE(members.error().detail.find(GetParam().complaint), std::string::npos)
        << members.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    , BadCredentials,
    testing::Values(BadCase{"Empty", "# nothing\n", "names no device"},
                    BadCase{"NoToken", "d-1,t\nd-2\n", "devices.csv:2: the token is missing"},
                    BadCase{"NoDid", ",t\n", "devices.csv:1: expected did,token"},
                    BadCase{"TooMany", "a,b,c,d\n", "devices.csv:1: expected did,token"}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Credentials, OfAFileThatIsNotThereAreAnError) {
    EXPECT_FALSE(read_members(file(), ""));
    EXPECT_FALSE(write_members("/nowhere/devices.csv", {}));
}

}  // namespace
}  // namespace updraft::app
