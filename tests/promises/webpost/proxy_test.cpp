#include "webpost/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "local_receiver.h"
#include "webpost/curl_http_client.h"

namespace updraft::webpost {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ProxyUrl, IsReadWithItsUser) {
    auto const plain = read_proxy("http://proxy.example:3128").value();
    EXPECT_EQ(plain.url, "http://proxy.example:3128");
    EXPECT_EQ(plain.user, "");
    auto const full = read_proxy("http://us%65r:p%40ss%3A@[::1]:3128/").value();
    EXPECT_EQ(full.url, "http://[::1]:3128");
    EXPECT_EQ(full.user, "user");
    EXPECT_EQ(full.password.reveal(), "p@ss:");
}

TEST(ProxyUrl, IsRefusedAndNotRepeatedOtherwise) {
    for (auto const* url :
         {"hush", "https://hush:hush@proxy:3128", "socks5://hush@proxy:1080", "http://hush@proxy",
          "http://u:hush@hush@proxy:3128", "http://u:h/ush@proxy:3128", "http://u:hush%@proxy:1",
          "http://proxy:3128/hush", "http://proxy:3128/?hush=1", "http://hush:0", "http://:3128",
          "http://hush:99999"}) {
        auto const refused = read_proxy(url);
        ASSERT_FALSE(refused) << url;
        EXPECT_EQ(refused.error().code, Errc::invalid);
        EXPECT_THAT(refused.error().detail, Not(HasSubstr("hush")));
    }
}

Receipt post_through(LocalReceiver const& proxy, std::string url, bool allow_http = true) {
    HttpClientSettings settings;
    settings.allow_http = allow_http;
    settings.proxy = Proxy{.url = "http://127.0.0.1:" + std::to_string(proxy.port()),
                           .user = "us:er",
                           .password = Secret("p@ss")};
    CurlHttpClient http_client(settings);
    Parcel parcel;
    parcel.url = std::move(url);
    parcel.headers = {{"Appkey", "abc"}};
    parcel.body = "{}";
    std::promise<Receipt> promise;
    auto receipt = promise.get_future();
    http_client.post(std::move(parcel), [&](Receipt got) { promise.set_value(std::move(got)); });
    return receipt.get();
}

TEST(PostsThroughAProxy, FailToConnectWhenItRefusesTheirPassword) {
    LocalReceiver const proxy([](auto const&) -> std::string {
        return "HTTP/1.1 407 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
    });
    auto const receipt = post_through(proxy, "http://receiver.example/push");
    EXPECT_EQ(receipt.fault, PostFault::connect);
    EXPECT_EQ(receipt.status, 407);
}

TEST(PostsThroughAProxy, ReachItWithoutPermissionAndLeaveAddressesAndNamesToIt) {
    LocalReceiver proxy(
        [](auto const&) { return "HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nproxy"; });
    // Nobody knows the name here, and the address is not public.
    for (std::string const url : {"http://receiver.invalid/p/../q", "http://10.0.0.1:8080/"}) {
        auto const receipt = post_through(proxy, url);
        EXPECT_EQ(receipt.body, "proxy") << receipt.trouble;
        auto const request = proxy.requests().back();
        EXPECT_THAT(request, StartsWith("POST " + url + " HTTP/1.1\r\n"));
        EXPECT_THAT(request, HasSubstr("Proxy-Authorization: Basic dXM6ZXI6cEBzcw==\r\n"));
    }
}

TEST(PostsThroughAProxy, IgnoreTheEnvironmentsExceptions) {
    LocalReceiver proxy([](auto const&) { return "HTTP/1.1 204 X\r\n\r\n"; });
    setenv("no_proxy", "*", 1);
    auto const receipt = post_through(proxy, "http://127.0.0.1:9/");
    unsetenv("no_proxy");
    EXPECT_EQ(receipt.status, 204) << receipt.trouble;
}

}  // namespace
}  // namespace updraft::webpost
