// The small pure parts: routes, networks, parameters and heads of answers.
#include <gtest/gtest.h>

#include "http/address_counts.h"
#include "http/client_address.h"
#include "http/networks.h"
#include "http/reply_head.h"
#include "http/router.h"

namespace updraft::http {
namespace {

Reply told(std::string_view edge, Trouble const& trouble) {
    Reply reply;
    reply.status = trouble.status;
    reply.body = std::string(edge) + ": " + trouble.detail;
    return reply;
}

class Routes : public testing::Test {
protected:
    Routes() {
        add(Method::post, "/open/ota/query");
        add(Method::post, "/admin/v1/devices/import");
        add(Method::get, "/admin/v1/devices/{did}");
        add(Method::put, "/admin/v1/devices/{did}");
        add(Method::get, "/{tenant}/controller/v1/{did}");
        router_.add_edge("/open", [](Trouble const& t) { return told("open", t); });
        router_.add_edge("/", [](Trouble const& t) { return told("rest", t); });
        router_.add_edge("/admin", [](Trouble const& t) { return told("admin", t); });
    }

    void add(Method method, std::string pattern) {
        Route route;
        route.method = method;
        route.pattern = std::move(pattern);
        router_.add(std::move(route));
    }
    std::string pattern_of(Method method, std::string_view path) {
        auto const match = router_.match(method, path);
        return match.route != nullptr ? match.route->pattern : "none, " + match.allowed;
    }
    std::string edge_of(std::string_view path) {
        Trouble trouble;
        trouble.detail = "x";
        return std::get<std::string>(router_.trouble(path, trouble).body);
    }

    Router router_;
};

TEST_F(Routes, AreFoundByPathAndMethod) {
    EXPECT_EQ(pattern_of(Method::post, "/open/ota/query"), "/open/ota/query");
    EXPECT_EQ(pattern_of(Method::get, "/DEFAULT/controller/v1/d"), "/{tenant}/controller/v1/{did}");
    EXPECT_EQ(pattern_of(Method::head, "/admin/v1/devices/d"), "/admin/v1/devices/{did}");
    EXPECT_EQ(pattern_of(Method::get, "/open/ota/query"), "none, POST");
    EXPECT_EQ(pattern_of(Method::get, "/"), "none, ");
    EXPECT_EQ(pattern_of(Method::get, ""), "none, ");
    EXPECT_EQ(pattern_of(Method::get, "//"), "none, ");
}

TEST_F(Routes, TryAParameterWhereTheLiteralLacksTheMethod) {
    EXPECT_EQ(pattern_of(Method::post, "/admin/v1/devices/import"), "/admin/v1/devices/import");
    EXPECT_EQ(pattern_of(Method::put, "/admin/v1/devices/import"), "/admin/v1/devices/{did}");
    EXPECT_EQ(router_.match(Method::put, "/admin/v1/devices/import").params.at(0), "import");
    EXPECT_EQ(pattern_of(Method::get, "/open/controller/v1/d"), "/{tenant}/controller/v1/{did}");
    EXPECT_EQ(pattern_of(Method::del, "/admin/v1/devices/import"), "none, POST");
}

TEST_F(Routes, WordTroubleByTheLongestPrefix) {
    EXPECT_EQ(edge_of("/open/x"), "open: x");
    EXPECT_EQ(edge_of("/open"), "open: x");
    EXPECT_EQ(edge_of("/opener"), "rest: x");
    EXPECT_EQ(edge_of("/admin/v1/x"), "admin: x");
    EXPECT_EQ(edge_of("/DEFAULT/controller"), "rest: x");
}

TEST_F(Routes, AddWhatTheWordingForgot) {
    Trouble trouble;
    trouble.status = 405;
    trouble.fields.emplace_back("Allow", "GET");
    auto const reply = router_.trouble("/open/x", trouble);
    ASSERT_EQ(reply.fields.size(), 1U);
    EXPECT_EQ(reply.fields[0].second, "GET");
}

struct ForwardedCase {
    std::string name;
    std::vector<std::string> fields;
    std::string client;
};
class ForwardedFor : public testing::TestWithParam<ForwardedCase> {};

TEST_P(ForwardedFor, NamesTheLastThatIsNoTrustedProxy) {
    Networks trusted;
    for (auto const* network : {"10.0.0.0/8", "fd00::/8"}) ASSERT_TRUE(trusted.add(network));
    std::vector<Field> fields{{"Host", "h"}};
    for (auto const& value : GetParam().fields) fields.push_back({"x-forwarded-FOR", value});
    EXPECT_EQ(client_address("10.0.0.1", fields, trusted), GetParam().client);
}
INSTANTIATE_TEST_SUITE_P(
    , ForwardedFor,
    testing::Values(
        ForwardedCase{"NoField", {}, "10.0.0.1"}, ForwardedCase{"One", {"192.0.2.1"}, "192.0.2.1"},
        ForwardedCase{"WhatTheClientSaidItself", {"203.0.113.9, 192.0.2.1"}, "192.0.2.1"},
        ForwardedCase{"ThroughTwoProxies", {"203.0.113.9,192.0.2.1 , 10.0.0.2"}, "192.0.2.1"},
        ForwardedCase{"OnlyProxies", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
        ForwardedCase{"SeveralFieldsAreOneList", {"192.0.2.1", "10.0.0.2"}, "192.0.2.1"},
        ForwardedCase{"WithAPort", {"192.0.2.1:4711"}, "192.0.2.1"},
        ForwardedCase{"Ipv6", {"2001:db8::1"}, "2001:db8::1"},
        ForwardedCase{"Ipv6WithAPort", {"[2001:db8::1]:4711"}, "2001:db8::1"},
        ForwardedCase{"NoAddressEndsTheList", {"192.0.2.1, unknown, 10.0.0.2"}, "10.0.0.2"},
        ForwardedCase{"OpenBracket", {"[2001:db8::1"}, "10.0.0.1"},
        ForwardedCase{"Nothing", {""}, "10.0.0.1"},
        ForwardedCase{"OnlyACommaAtTheEnd", {"192.0.2.1,"}, "10.0.0.1"}),
    [](auto const& tested) { return tested.param.name; });

struct LinkCase {
    std::string name;
    std::vector<Field> fields;
    std::string url;
};
class LinkBehindAProxy : public testing::TestWithParam<LinkCase> {};
TEST_P(LinkBehindAProxy, BeginsWithWhatTheClientUsed) {
    std::vector<Field> fields{{"Host", "in.example:81"}};
    fields.insert(fields.end(), GetParam().fields.begin(), GetParam().fields.end());
    Request request;
    request.fields = fields;
    EXPECT_EQ(request.base_url(), "http://in.example:81") << "not from a trusted proxy";
    request.from_trusted_proxy = true;
    EXPECT_EQ(request.base_url(), GetParam().url);
}
std::vector<LinkCase> links() {
    auto const host = [](std::string_view value) { return Field{"x-forwarded-host", value}; };
    auto const port = [](std::string_view value) { return Field{"X-Forwarded-Port", value}; };
    auto const prefix = [](std::string_view value) { return Field{"X-Forwarded-Prefix", value}; };
    Field const https{"X-Forwarded-Proto", "https"};
    std::string const unchanged = "http://in.example:81";
    return {
        {"Ipv6", {host("2001:db8::1")}, "http://[2001:db8::1]"},
        {"Ipv6WithAPort", {host("2001:db8::1"), port("8443")}, "http://[2001:db8::1]:8443"},
        {"BracketsWithAPort",
         {host("[2001:db8::1]:80"), port("8443")},
         "http://[2001:db8::1]:8443"},
        {"BracketsWithAPortOfTheirOwn", {host("[2001:db8::1]:82")}, "http://[2001:db8::1]:82"},
        {"BracketsAlone", {host("[2001:db8::1]"), https, port("443")}, "https://[2001:db8::1]"},
        {"OpenBracket", {host("[2001:db8::1")}, unchanged},
        {"NoAddressInBrackets", {host("[out.example]")}, unchanged},
        {"TwoColonsAndNoAddress", {host("out.example:80:81")}, unchanged},
        {"Port1", {port("1")}, "http://in.example:1"},
        {"Port65535", {port("65535")}, "http://in.example:65535"},
        {"Port0", {port("0")}, unchanged},
        {"Port65536", {port("65536")}, unchanged},
        {"Port99999", {port("99999")}, unchanged},
        {"PortWithASign", {port("+80")}, unchanged},
        {"HostWithPort0", {host("out.example:0")}, unchanged},
        {"HostWithPort99999", {host("out.example:99999")}, unchanged},
        {"HostWithAnEmptyPort", {host("out.example:")}, "http://out.example"},
        {"Prefix", {prefix("/updates")}, unchanged + "/updates"},
        {"PrefixWithDotsInHexadecimal", {prefix("/%2e%2e")}, unchanged},
        {"PrefixWithADotInHexadecimal", {prefix("/a/%2E/b")}, unchanged},
        {"PrefixWithASlashInHexadecimal", {prefix("/a%2f..%2fb")}, unchanged},
        {"PrefixWithHalfAnEscape", {prefix("/a%2")}, unchanged},
        {"PrefixWithSlashAtTheEnd", {prefix("/a/b%20c//")}, unchanged + "/a/b%20c"},
        {"PrefixOfTwoProxies", {prefix("/a"), prefix("/b")}, unchanged + "/a/b"},
        {"PrefixesInOneField", {prefix("/a/ , /b,")}, unchanged + "/a/b"},
        {"PrefixOfNothing", {prefix("/"), prefix("")}, unchanged},
        {"PrefixWithoutSlash", {prefix("a")}, unchanged},
        {"PrefixThatIsAHost", {prefix("//evil.example")}, unchanged},
        {"PrefixThatGoesUp", {prefix("/a/../b")}, unchanged},
        {"PrefixWithAQuery", {prefix("/a?b")}, unchanged},
        {"PrefixWithAQuote", {prefix("/a\"b")}, unchanged},
        {"OneWrongPrefixOfTwo", {prefix("/a"), prefix("b")}, unchanged},
        {"All",
         {https, host("out.example"), port("8443"), prefix("/a")},
         "https://out.example:8443/a"},
    };
}
INSTANTIATE_TEST_SUITE_P(, LinkBehindAProxy, testing::ValuesIn(links()),
                         [](auto const& tested) { return tested.param.name; });

TEST(Link, HasBracketsAroundAnIpv6Host) {
    std::vector<Field> const fields{{"Host", "2001:db8::1"}};
    Request request;
    request.fields = fields;
    EXPECT_EQ(request.base_url(), "http://[2001:db8::1]");
}

TEST(AddressCounted, HasSoManyPlacesAndGetsThemBack) {
    AddressCounts counts(2);
    auto first = counts.take("192.0.2.1");
    auto second = counts.take("192.0.2.1");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(counts.take("192.0.2.1"));
    auto const other = counts.take("192.0.2.2");
    EXPECT_TRUE(other);
    auto kept = std::move(first);
    first.reset();
    EXPECT_FALSE(counts.take("192.0.2.1"));
    kept.reset();
    EXPECT_TRUE(counts.take("192.0.2.1"));
}

TEST(AddressCounted, IsANetworkInIpv6) {
    AddressCounts counts(1);
    auto const one = counts.take("2001:db8:1:2::1");
    EXPECT_TRUE(one);
    EXPECT_FALSE(counts.take("2001:db8:1:2::2"));
    EXPECT_TRUE(counts.take("2001:db8:1:3::1"));
}

TEST(NetworksAsked, ContainWhatTheyShould) {
    Networks networks;
    for (auto const* network : {"10.0.0.0/8", "192.0.2.7", "2001:db8::/33", "0.0.0.0/32"}) {
        EXPECT_TRUE(networks.add(network)) << network;
    }
    for (auto const* inside : {"10.255.0.1", "::ffff:10.1.2.3", "192.0.2.7", "2001:db8::1"}) {
        EXPECT_TRUE(networks.contain(inside)) << inside;
    }
    for (auto const* outside : {"11.0.0.0", "192.0.2.8", "2001:db8:8000::1", "::1", "x", ""}) {
        EXPECT_FALSE(networks.contain(outside)) << outside;
    }
    for (auto const* wrong :
         {"10.0.0.0/33", "10.0.0/8", "::/129", "x", "", "10.0.0.0/", "1.1.1.1/-1"}) {
        EXPECT_FALSE(networks.add(wrong)) << wrong;
    }
}

TEST(RequestAsked, FindsParametersOfTheQuery) {
    Request request;
    request.query = "a=1&b=x%20y&c&=z&d=%zz&a=2";
    EXPECT_EQ(request.parameter("a"), "1");
    EXPECT_EQ(request.parameter("b"), "x y");
    EXPECT_EQ(request.parameter("c"), "");
    EXPECT_EQ(request.parameter("d"), std::nullopt);
    EXPECT_EQ(request.parameter("e"), std::nullopt);
}

TEST(ReplyHead, LetsNoValueStartAnotherField) {
    Reply reply;
    reply.status = 404;
    reply.content_type = "text/plain\r\nX-Evil: 1";
    reply.fields.emplace_back("X-Name", "a\r\n\r\nb\x7F");
    ReplyFrame frame;
    frame.request_id = "r";
    frame.keep_alive = false;
    std::string head;
    append_reply_head(head, reply, frame);
    EXPECT_EQ(head,
              "HTTP/1.1 404 Not Found\r\nContent-Type: text/plainX-Evil: 1\r\nContent-Length: 0\r\n"
              "X-Request-Id: r\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
              "X-Name: ab\r\nConnection: close\r\n\r\n");
}

TEST(ReplyHead, ForbidsSniffingAlwaysStoringUnlessAllowedAndPlainHttpOverTls) {
    Reply reply;
    ReplyFrame frame;
    auto const head = [&] {
        std::string out;
        append_reply_head(out, reply, frame);
        return out;
    };
    auto const has = [&](std::string_view field) {
        return head().find(field) != std::string::npos;
    };
    EXPECT_TRUE(has("\r\nX-Content-Type-Options: nosniff\r\n"));
    EXPECT_TRUE(has("\r\nCache-Control: no-store\r\n"));
    EXPECT_FALSE(has("Strict-Transport-Security"));
    reply.may_be_stored = true;
    frame.secure = true;
    EXPECT_TRUE(has("\r\nX-Content-Type-Options: nosniff\r\n"));
    EXPECT_FALSE(has("Cache-Control"));
    EXPECT_TRUE(has("\r\nStrict-Transport-Security: max-age=31536000\r\n"));
}

}  // namespace
}  // namespace updraft::http
