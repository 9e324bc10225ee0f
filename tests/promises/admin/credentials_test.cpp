#include "admin/credentials.h"

#include <gtest/gtest.h>

namespace updraft::admin {
namespace {

using Fields = std::vector<http::Field>;

enum class Wire { plain, tls, proxied };  // proxied: plain HTTP from a trusted proxy.

http::Request request_of(Fields const& fields, Wire wire = Wire::plain) {
    http::Request request;
    request.fields = fields;
    request.local_authority = "127.0.0.1:8080";
    request.secure = wire == Wire::tls;
    request.from_trusted_proxy = wire == Wire::proxied;
    return request;
}

struct CookieCase {
    std::string name;
    Fields fields;
    Wire wire;
    std::string_view cookie;  // Empty: none.
};
class CookieForms : public testing::TestWithParam<CookieCase> {};
TEST_P(CookieForms, DependOnTheConnection) {
    auto const& tested = GetParam();
    auto const form = cookie_of(request_of(tested.fields, tested.wire));
    EXPECT_EQ(form ? form->name : "", tested.cookie);
    EXPECT_EQ(form && form->secure, tested.cookie == "__Host-updraft");
}
INSTANTIATE_TEST_SUITE_P(
    , CookieForms,
    testing::Values(
        CookieCase{"Tls", {{"Host", "ota.example"}}, Wire::tls, "__Host-updraft"},
        CookieCase{"TlsOnLoopback", {{"Host", "127.0.0.1:1"}}, Wire::tls, "__Host-updraft"},
        CookieCase{"Loopback", {{"Host", "127.0.0.1:8080"}}, Wire::plain, "updraft"},
        CookieCase{"LoopbackName", {{"Host", "LocalHost:8080"}}, Wire::plain, "updraft"},
        CookieCase{"LoopbackIpv6", {{"Host", "[::1]:8080"}}, Wire::plain, "updraft"},
        CookieCase{"AnyOf127", {{"Host", "127.1.2.3"}}, Wire::plain, "updraft"},
        CookieCase{"PlainHost", {{"Host", "ota.example"}}, Wire::plain, ""},
        CookieCase{
            "NameThatBeginsLikeLoopback", {{"Host", "127.0.0.1.evil.example"}}, Wire::plain, ""},
        CookieCase{"StrangerWhoCallsItHttps",
                   {{"Host", "ota.example"}, {"X-Forwarded-Proto", "https"}},
                   Wire::plain,
                   ""},
        CookieCase{"ProxyThatCallsItHttps",
                   {{"Host", "ota.example"}, {"X-Forwarded-Proto", "https"}},
                   Wire::proxied,
                   "__Host-updraft"},
        CookieCase{"ProxyThatCallsItHttp",
                   {{"Host", "ota.example"}, {"X-Forwarded-Proto", "http"}},
                   Wire::proxied,
                   ""}),
    [](auto const& tested) { return tested.param.name; });

struct PresentedCase {
    std::string name;
    Fields fields;
    CredentialKind kind;
    std::string_view secret = {};
};
class PresentedCredentials : public testing::TestWithParam<PresentedCase> {};
TEST_P(PresentedCredentials, AreReadFromTheHead) {
    auto const presented = presented_in(request_of(GetParam().fields));
    EXPECT_EQ(presented.kind, GetParam().kind);
    if (GetParam().secret.empty()) return;
    EXPECT_EQ(presented.digest, sha256(GetParam().secret));
}
INSTANTIATE_TEST_SUITE_P(
    , PresentedCredentials,
    testing::Values(
        PresentedCase{"Nothing", {}, CredentialKind::none},
        PresentedCase{"Token", {{"Authorization", "Bearer t"}}, CredentialKind::token, "t"},
        PresentedCase{"OtherScheme", {{"Authorization", "Basic t"}}, CredentialKind::none},
        PresentedCase{"Cookie", {{"Cookie", "a=b; updraft=s; c=d"}}, CredentialKind::session, "s"},
        PresentedCase{"CookieInTwoFields",
                      {{"Cookie", "a=b"}, {"Cookie", "updraft=s"}},
                      CredentialKind::session,
                      "s"},
        PresentedCase{"CookieTwice", {{"Cookie", "updraft=s; updraft=t"}}, CredentialKind::none},
        PresentedCase{"EmptyCookie", {{"Cookie", "updraft="}}, CredentialKind::none},
        PresentedCase{"CookieOfHttps", {{"Cookie", "__Host-updraft=s"}}, CredentialKind::none},
        PresentedCase{"ForeignCookie", {{"Cookie", "xupdraft=s"}}, CredentialKind::none},
        PresentedCase{"TokenWithForeignCookie",
                      {{"Authorization", "Bearer t"}, {"Cookie", "theme=dark"}},
                      CredentialKind::token,
                      "t"},
        PresentedCase{
            "Both", {{"Authorization", "Bearer t"}, {"Cookie", "updraft=s"}}, CredentialKind::both},
        PresentedCase{"BothWithTheCookieOfHttps",
                      {{"Authorization", "Bearer t"}, {"Cookie", "__Host-updraft=s"}},
                      CredentialKind::both}),
    [](auto const& tested) { return tested.param.name; });

struct PageCase {
    std::string name;
    Fields fields;
    bool own;
    bool signs_in;
};
class OwnPages : public testing::TestWithParam<PageCase> {};
TEST_P(OwnPages, AreToldFromOthers) {
    auto const request = request_of(GetParam().fields);
    EXPECT_EQ(is_from_own_page(request), GetParam().own);
    EXPECT_EQ(may_sign_in(request), GetParam().signs_in);
}
constexpr http::Field here{"Host", "127.0.0.1:8080"};
INSTANTIATE_TEST_SUITE_P(
    , OwnPages,
    testing::Values(
        PageCase{"SameOrigin", {here, {"Sec-Fetch-Site", "same-origin"}}, true, true},
        PageCase{"SameSite", {here, {"Sec-Fetch-Site", "same-site"}}, false, false},
        PageCase{"CrossSite", {here, {"Sec-Fetch-Site", "cross-site"}}, false, false},
        PageCase{"TypedByTheUser", {here, {"Sec-Fetch-Site", "none"}}, false, true},
        PageCase{"NoHeader", {here}, false, true},
        PageCase{"OwnOrigin", {here, {"Origin", "http://127.0.0.1:8080"}}, true, true},
        PageCase{"OtherPort", {here, {"Origin", "http://127.0.0.1:8081"}}, false, true},
        PageCase{"OtherScheme", {here, {"Origin", "https://127.0.0.1:8080"}}, false, true},
        PageCase{"NullOrigin", {here, {"Origin", "null"}}, false, true},
        PageCase{"CrossSiteWithOwnOrigin",
                 {here, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://127.0.0.1:8080"}},
                 false,
                 false},
        PageCase{"TwoAnswers",
                 {here, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}},
                 false,
                 false}),
    [](auto const& tested) { return tested.param.name; });

TEST(OwnOrigins, HaveTheUsualPortOfTheirScheme) {
    Fields const fields{{"Host", "ota.example:443"}, {"Origin", "https://OTA.example"}};
    EXPECT_TRUE(is_from_own_page(request_of(fields, Wire::tls)));
}

TEST(SessionCookie, IsHiddenFromScriptsAndOtherSites) {
    EXPECT_EQ(set_cookie({.name = "__Host-updraft", .secure = true}, Secret("s")),
              "__Host-updraft=s; HttpOnly; Secure; SameSite=Strict; Path=/");
    EXPECT_EQ(set_cookie({.name = "updraft", .secure = false}, Secret("s")),
              "updraft=s; HttpOnly; SameSite=Strict; Path=/");
    EXPECT_EQ(removed_cookie({.name = "updraft", .secure = false}),
              "updraft=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
}

TEST(Via, IsTheConsoleTheCommandLineOrTheApi) {
    Fields const cli{{"User-Agent", "updraft/0.1.0"}};
    Fields const other{{"User-Agent", "curl/8 updraft/0.1.0"}};
    EXPECT_EQ(via_of(request_of(cli), CredentialKind::token), "cli");
    EXPECT_EQ(via_of(request_of(other), CredentialKind::token), "api");
    EXPECT_EQ(via_of(request_of(cli), CredentialKind::session), "console");
}

}  // namespace
}  // namespace updraft::admin
