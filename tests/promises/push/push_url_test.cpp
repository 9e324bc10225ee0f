#include "push/push_url.h"

#include <gtest/gtest.h>

namespace updraft::push {
namespace {

struct UrlCase {
    std::string name;
    std::string text;
    PlainHttp plain_http = PlainHttp::refused;
    std::string fault = {};  // Empty: the URL is accepted.
};
class PushUrl : public testing::TestWithParam<UrlCase> {};
TEST_P(PushUrl, IsReadStrictly) {
    auto const url = read_push_url(GetParam().text, GetParam().plain_http);
    if (GetParam().fault.empty()) {
        ASSERT_TRUE(url) << url.error().detail;
        EXPECT_EQ(*url, GetParam().text);
    } else {
        ASSERT_FALSE(url);
        EXPECT_EQ(url.error(), (Error{Errc::invalid, "pushUrl " + GetParam().fault}));
    }
}

// The refusal names the two settings with which an operator allows other URLs.
std::string const only_https =
    "must begin with https:// ([push] allow_http = true allows http://, "
    "[push] allow_networks allows addresses that are not public)";
std::string const not_ascii = "must be ASCII without white space or control characters";
INSTANTIATE_TEST_SUITE_P(
    , PushUrl,
    testing::Values(
        UrlCase{"Https", "https://example.com/push"}, UrlCase{"NoPath", "https://example.com"},
        UrlCase{"APort", "https://example.com:8443/push?a=b&c=%20d"},
        UrlCase{"AQueryAtOnce", "https://example.com?x=1"},
        UrlCase{"CapitalScheme", "HTTPS://example.com/"},
        UrlCase{"AnIpv6Literal", "https://[2001:db8::1]:9000/p"},
        UrlCase{"HttpWhereAllowed", "http://127.0.0.1:9000/p", PlainHttp::allowed},
        UrlCase{"AnAtSignInThePath", "https://example.com/a@b"},
        UrlCase{"HttpWhereNot", "http://example.com/", PlainHttp::refused, only_https},
        UrlCase{"AnotherScheme", "ftp://example.com/", PlainHttp::allowed,
                "must begin with https:// or http://"},
        UrlCase{"AFile", "file:///etc/passwd", PlainHttp::refused, only_https},
        UrlCase{"NoScheme", "example.com/p", PlainHttp::refused, only_https},
        UrlCase{"Empty", "", PlainHttp::refused, "must not be empty"},
        UrlCase{"TooLong", "https://e/" + std::string(2'048, 'x'), PlainHttp::refused,
                "is longer than 2048 bytes"},
        UrlCase{"UserInfo", "https://a:b@example.com/", PlainHttp::refused,
                "must not contain user info"},
        UrlCase{"AUserAlone", "https://a@example.com/", PlainHttp::refused,
                "must not contain user info"},
        UrlCase{"AFragment", "https://example.com/#x", PlainHttp::refused,
                "must not contain a fragment"},
        UrlCase{"ASpace", "https://example.com/a b", PlainHttp::refused, not_ascii},
        UrlCase{"ALeadingSpace", " https://example.com/", PlainHttp::refused, not_ascii},
        UrlCase{"ATrailingNewline", "https://example.com/\n", PlainHttp::refused, not_ascii},
        UrlCase{"ATab", "https://exa\tmple.com/", PlainHttp::refused, not_ascii},
        UrlCase{"Unicode", "https://ex\xc3\xa4mple.com/", PlainHttp::refused, not_ascii},
        UrlCase{"ABackslash", "https://example.com\\@evil/", PlainHttp::refused,
                "must not contain a backslash"},
        UrlCase{"NoHost", "https:///p", PlainHttp::refused, "has no host"},
        UrlCase{"OnlyAPort", "https://:80/", PlainHttp::refused, "has no host"},
        UrlCase{"PortZero", "https://e:0/", PlainHttp::refused, "has a malformed port"},
        UrlCase{"PortTooBig", "https://e:65536/", PlainHttp::refused, "has a malformed port"},
        UrlCase{"NoPort", "https://e:/", PlainHttp::refused, "has a malformed port"},
        UrlCase{"TwoPorts", "https://e:1:2/", PlainHttp::refused, "has a malformed port"},
        UrlCase{"AnOpenBracket", "https://[::1/", PlainHttp::refused, "has a malformed host"},
        UrlCase{"AZone", "https://[fe80::1%25eth0]/", PlainHttp::refused, "has a malformed host"},
        UrlCase{"APercentHost", "https://%31/", PlainHttp::refused, "has a malformed host"}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::push
