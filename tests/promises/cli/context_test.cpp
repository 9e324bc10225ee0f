#include "cli/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/connection.h"

namespace updraft::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// A configuration folder of its own, and no variables.
class Login : public testing::Test {
protected:
    Login() {
        fs::create_directories(home_);
        setenv("XDG_CONFIG_HOME", (home_ / "config").c_str(), 1);
    }
    ~Login() override {
        fs::remove_all(home_);
        unsetenv("XDG_CONFIG_HOME");
    }
    [[nodiscard]] std::string folder() const { return context_folder().value(); }
    void keep(std::string const& url) const {
        ASSERT_TRUE(keep_context(folder(), {.url = url, .token = Secret("kept")}));
    }
    static fs::perms mode_of(fs::path const& path) { return fs::status(path).permissions(); }

    fs::path home_ = fs::temp_directory_path() / ("updraft-login-" + std::to_string(::getpid()));
};

TEST_F(Login, IsKeptInAFileThatOnlyItsUserMayRead) {
    EXPECT_EQ(read_context(folder()).value(), std::nullopt);
    ASSERT_TRUE(keep_context(folder(), {.url = "https://h",
                                        .token = Secret("t\"k"),
                                        .ca_file = "/ca.pem",
                                        .insecure_http = true}));
    EXPECT_EQ(mode_of(folder()), fs::perms{0700});
    EXPECT_EQ(mode_of(context_file(folder())), fs::perms{0600});
    auto const kept = read_context(folder()).value();
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->url, "https://h");
    EXPECT_EQ(kept->token.reveal(), "t\"k");
    EXPECT_EQ(kept->ca_file, "/ca.pem");
    EXPECT_TRUE(kept->insecure_http);
}

TEST_F(Login, ReplacesTheOneBeforeAndLeavesNothingElse) {
    fs::create_directories(folder());
    fs::permissions(folder(), fs::perms{0755});
    keep("https://one");
    keep("https://two");
    EXPECT_EQ(read_context(folder()).value()->url, "https://two");
    EXPECT_EQ(mode_of(folder()), fs::perms{0700});
    EXPECT_EQ(std::distance(fs::directory_iterator(folder()), fs::directory_iterator{}), 1);
    EXPECT_TRUE(forget_context(folder()).value());
    EXPECT_FALSE(forget_context(folder()).value());
    EXPECT_EQ(read_context(folder()).value(), std::nullopt);
}

TEST_F(Login, IsRefusedWhenOthersMayReadIt) {
    keep("https://h");
    fs::permissions(context_file(folder()), fs::perms{0604});
    EXPECT_THAT(read_context(folder()).error().detail, HasSubstr("others may read"));
    fs::permissions(context_file(folder()), fs::perms{0600});
    for (auto const mode : {fs::perms{0710}, fs::perms{0705}, fs::perms{0702}}) {
        fs::permissions(folder(), mode);
        EXPECT_THAT(read_context(folder()).error().detail, HasSubstr(folder()));
    }
}

TEST_F(Login, OfAnotherContentIsNamedWithoutIt) {
    keep("https://h");
    for (auto const* const content :
         {"hush", "[\"hush\"]", R"({"token":"hush"})", R"({"url":"https://h","token":""})",
          R"({"url":7,"token":"hush"})"}) {
        std::ofstream(context_file(folder())) << content;
        auto const refused = read_context(folder());
        ASSERT_FALSE(refused) << content;
        EXPECT_THAT(refused.error().detail, HasSubstr(context_file(folder())));
        EXPECT_THAT(refused.error().detail, Not(HasSubstr("hush")));
    }
}

TEST_F(Login, IsInTheHomeFolderWithoutAnotherOne) {
    auto const* const before = std::getenv("HOME");
    std::string const home(before == nullptr ? "" : before);
    setenv("HOME", "/home/anna", 1);
    setenv("XDG_CONFIG_HOME", "not/absolute", 1);
    EXPECT_EQ(context_folder().value(), "/home/anna/.config/updraft");
    unsetenv("XDG_CONFIG_HOME");
    EXPECT_EQ(context_folder().value(), "/home/anna/.config/updraft");
    unsetenv("HOME");
    EXPECT_FALSE(context_folder());
    if (!home.empty()) setenv("HOME", home.c_str(), 1);
}

struct ChoiceCase {
    std::string name;
    Connection given;
    std::string url;
    std::string token;
};
class ChoiceOfAServer : public Login, public testing::WithParamInterface<ChoiceCase> {};
TEST_P(ChoiceOfAServer, GoesByFlagsBeforeTheLogin) {
    keep("https://kept.example");
    auto const endpoint = endpoint_of(GetParam().given);
    ASSERT_TRUE(endpoint);
    EXPECT_EQ(endpoint->url, GetParam().url);
    EXPECT_EQ(endpoint->token.reveal(), GetParam().token);
}
INSTANTIATE_TEST_SUITE_P(
    , ChoiceOfAServer,
    testing::Values(ChoiceCase{"Login", {}, "https://kept.example", "kept"},
                    ChoiceCase{"SameServerNamed",
                               {.url = "https://KEPT.example:443/"},
                               "https://KEPT.example:443",
                               "kept"},
                    ChoiceCase{"AnotherServerGetsNoToken",
                               {.url = "https://other.example"},
                               "https://other.example",
                               ""},
                    ChoiceCase{"AnotherPortGetsNoToken",
                               {.url = "https://kept.example:8443"},
                               "https://kept.example:8443",
                               ""},
                    ChoiceCase{"TokenGiven", {.token = "mine"}, "https://kept.example", "mine"},
                    ChoiceCase{"BothGiven",
                               {.url = "https://other.example", .token = "mine"},
                               "https://other.example",
                               "mine"}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Login, IsNotReadWhenServerAndTokenAreGiven) {
    keep("https://h");
    fs::permissions(context_file(folder()), fs::perms{0644});
    EXPECT_FALSE(endpoint_of({}));
    EXPECT_FALSE(endpoint_of({.url = "https://h"}));
    EXPECT_TRUE(endpoint_of({.url = "https://h", .token = "mine"}));
}

TEST_F(Login, GivesItsCertificatesAndItsWordAboutHttpToItsServerOnly) {
    ASSERT_TRUE(keep_context(folder(), {.url = "http://h.example",
                                        .token = Secret("kept"),
                                        .ca_file = "/ca.pem",
                                        .insecure_http = true}));
    EXPECT_EQ(endpoint_of({}).value().ca_file, "/ca.pem");
    EXPECT_EQ(endpoint_of({.ca_file = "/mine.pem"}).value().ca_file, "/mine.pem");
    EXPECT_EQ(endpoint_of({.url = "https://other.example"}).value().ca_file, "");
    EXPECT_FALSE(endpoint_of({.url = "http://other.example", .token = "mine"}));
}

}  // namespace
}  // namespace updraft::cli
