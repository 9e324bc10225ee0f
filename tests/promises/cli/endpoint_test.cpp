#include "cli/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace updraft::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

struct PlaceCase {
    std::string url;
    bool loopback;
    bool takes_token;  // Without --insecure-http.
};
class TokenPlace : public testing::TestWithParam<PlaceCase> {};
TEST_P(TokenPlace, IsThisMachineOrEncrypted) {
    EXPECT_EQ(is_loopback(GetParam().url), GetParam().loopback);
    Endpoint endpoint{.url = GetParam().url, .token = Secret("t0ken")};
    auto const allowed = may_take_token(endpoint);
    EXPECT_EQ(allowed.has_value(), GetParam().takes_token);
    if (allowed) return;
    EXPECT_THAT(allowed.error().detail, HasSubstr("--insecure-http"));
    EXPECT_THAT(allowed.error().detail, Not(HasSubstr("t0ken")));
    endpoint.insecure_http = true;
    EXPECT_TRUE(may_take_token(endpoint));
    endpoint = {.url = GetParam().url};
    EXPECT_TRUE(may_take_token(endpoint)) << "there is no token";
}
INSTANTIATE_TEST_SUITE_P(, TokenPlace,
                         testing::Values(PlaceCase{"http://127.0.0.1:8080", true, true},
                                         PlaceCase{"http://127.9.8.7", true, true},
                                         PlaceCase{"http://127.1", true, true},
                                         PlaceCase{"http://localhost:8080", true, true},
                                         PlaceCase{"http://LOCALHOST", true, true},
                                         PlaceCase{"http://[::1]:8080", true, true},
                                         PlaceCase{"https://localhost", true, true},
                                         PlaceCase{"http://app.localhost.:8080", true, true},
                                         PlaceCase{"http://0.0.0.0:8080", true, true},
                                         PlaceCase{"http://[::]:8080", true, true},
                                         PlaceCase{"http://[::ffff:127.0.0.1]", true, true},
                                         PlaceCase{"http://[::ffff:10.0.0.1]", false, false},
                                         PlaceCase{"http://notlocalhost", false, false},
                                         PlaceCase{"https://updraft.example", false, true},
                                         PlaceCase{"HTTPS://updraft.example", false, true},
                                         PlaceCase{"http://updraft.example", false, false},
                                         PlaceCase{"HTTP://updraft.example", false, false},
                                         PlaceCase{"updraft.example:8080", false, false},
                                         PlaceCase{"http://128.0.0.1", false, false},
                                         PlaceCase{"http://[::2]", false, false},
                                         PlaceCase{"http://127.0.0.1.example", false, false},
                                         PlaceCase{"http://localhost.example", false, false},
                                         PlaceCase{"http://127.0.0.1@evil.example", false, false},
                                         PlaceCase{"http://evil.example#127.0.0.1", false, false}));

TEST(TokenPlaces, ThatAreNoUrlAreRefused) {
    EXPECT_EQ(may_take_token({.url = "http://"}).error().code, Errc::invalid);
    EXPECT_FALSE(is_loopback("http://"));
}

struct SameCase {
    std::string a;
    std::string b;
    bool same;
};
class KeptServer : public testing::TestWithParam<SameCase> {};
TEST_P(KeptServer, IsTheSameOneUnderAnotherSpellingOnly) {
    EXPECT_EQ(same_server(GetParam().a, GetParam().b), GetParam().same);
    EXPECT_EQ(same_server(GetParam().b, GetParam().a), GetParam().same);
}
INSTANTIATE_TEST_SUITE_P(
    , KeptServer,
    testing::Values(SameCase{"https://h.example", "https://h.example", true},
                    SameCase{"https://H.Example", "HTTPS://h.example", true},
                    SameCase{"https://h.example", "https://h.example:443", true},
                    SameCase{"http://127.0.0.1", "http://127.1:80", true},
                    SameCase{"https://h.example/a", "https://h.example/a", true},
                    SameCase{"https://h.example", "http://h.example", false},
                    SameCase{"https://h.example", "https://h.example:8443", false},
                    SameCase{"https://h.example", "https://h.example.evil", false},
                    SameCase{"https://h.example", "https://h.example@evil", false},
                    SameCase{"https://h.example", "https://evil@h.example", false},
                    SameCase{"https://h.example/a", "https://h.example/b", false},
                    SameCase{"https://h.example/a", "https://h.example/A", false},
                    SameCase{"https://h.example", "https://h.example?x", false},
                    SameCase{"http://", "http://", false}));

TEST(ServerUrl, LosesWhiteSpaceAndSlashesAtItsEnds) {
    EXPECT_EQ(server_url(" \thttps://h:1//\r\n"), "https://h:1");
    EXPECT_EQ(server_url(" \n"), "");
}

// Files and variables that are removed after the test.
class TokenOfACommand : public testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    ~TokenOfACommand() override {
        std::filesystem::remove_all(folder_);
        unsetenv("UPDRAFT_ADMIN_TOKEN");
        unsetenv("UPDRAFT_ADMIN_TOKEN_FILE");
    }
    [[nodiscard]] std::string file(char const* name, std::string const& content) const {
        auto const path = folder_ / name;
        std::ofstream(path) << content;
        std::filesystem::permissions(path, std::filesystem::perms{0600});
        return path.string();
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("updraft-token-" + std::to_string(::getpid()));
};

TEST_F(TokenOfACommand, IsOneWordWithoutWhiteSpaceAroundIt) {
    EXPECT_EQ(read_token({.token = " \ttoken\r\n"}, "/nowhere").value().reveal(), "token");
    auto const written = file("written", "\n token \n");
    EXPECT_EQ(read_token({.token_file = written}, "/nowhere").value().reveal(), "token");
    EXPECT_EQ(read_token({}, written).value().reveal(), "token");
    EXPECT_EQ(read_token({}, "/nowhere").value().reveal(), "");
    for (std::string const hush : {"hush hush", "hush\nhush", "", "  "}) {
        auto const refused = read_token({.token = hush}, "/nowhere");
        EXPECT_EQ(refused.error().detail, "the admin token must be one word");
        auto const two = file("two", hush);
        EXPECT_EQ(read_token({.token_file = two}, "/nowhere").error().detail,
                  two + ", the token file, must be one word");
    }
}

TEST_F(TokenOfACommand, OfAFileThatCannotBeUsedIsNamed) {
    auto const said = [](std::string const& path) {
        return read_token({.token_file = path}, "/nowhere").error().detail;
    };
    EXPECT_THAT(said("/nope"), HasSubstr("/nope"));
    EXPECT_THAT(said("/tmp"), HasSubstr("/tmp cannot be read: Is a directory"));
    auto const empty = file("empty", "\n");
    EXPECT_THAT(said(empty), HasSubstr(empty));
    EXPECT_THAT(read_token({}, empty).error().detail, HasSubstr(empty));
}

TEST_F(TokenOfACommand, OfTheCommandLineGoesBeforeTheVariables) {
    auto const written = file("written", "of-file");
    setenv("UPDRAFT_ADMIN_TOKEN", "of-variable", 1);
    EXPECT_EQ(read_token({}, "").value().reveal(), "of-variable");
    EXPECT_EQ(read_token({.token_file = written}, "").value().reveal(), "of-file");
    EXPECT_THAT(read_token({"of-flag", written}, "").error().detail, HasSubstr("--token-file"));
    setenv("UPDRAFT_ADMIN_TOKEN_FILE", written.c_str(), 1);
    EXPECT_EQ(read_token({.token = "of-variable"}, "").value().reveal(), "of-variable");
    EXPECT_EQ(read_token({.token_file = written}, "").value().reveal(), "of-file");
    EXPECT_THAT(read_token({}, "").error().detail, HasSubstr("UPDRAFT_ADMIN_TOKEN_FILE"));
    unsetenv("UPDRAFT_ADMIN_TOKEN");
    EXPECT_EQ(read_token({}, "").value().reveal(), "of-file");
}

TEST_F(TokenOfACommand, ThatIsBlankIsRefusedBeforeACall) {
    EXPECT_EQ(read_token({.token_file = ""}, "").error().detail, "the token file has no name");
    setenv("UPDRAFT_ADMIN_TOKEN", "  ", 1);
    EXPECT_EQ(read_token({}, "").error().detail, "UPDRAFT_ADMIN_TOKEN must be one word");
    setenv("UPDRAFT_ADMIN_TOKEN", "", 1);
    EXPECT_TRUE(read_token({}, "/nowhere").value().empty());
    setenv("UPDRAFT_ADMIN_TOKEN_FILE", " ", 1);
    EXPECT_EQ(read_token({}, "").error().detail, "the token file has no name");
}

}  // namespace
}  // namespace updraft::cli
