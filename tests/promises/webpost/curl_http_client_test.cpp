#include "webpost/curl_http_client.h"

#include <gtest/gtest.h>

#include <future>

#include "local_receiver.h"

namespace updraft::webpost {
namespace {

std::string answer(int status, std::string const& body, std::string const& fields = "") {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpClientSettings on_loopback() {
    HttpClientSettings settings;
    settings.allow_http = true;
    settings.allow_networks = {*read_network("127.0.0.0/8"), *read_network("::1")};
    return settings;
}

Parcel parcel_to(std::string url, std::string body = "{}") {
    Parcel parcel;
    parcel.url = std::move(url);
    parcel.headers = {{"Appid", "abc"}, {"Content-Type", "application/json"}};
    parcel.body = std::move(body);
    return parcel;
}

Receipt post(HttpClient& http_client, Parcel parcel) {
    std::promise<Receipt> promise;
    auto receipt = promise.get_future();
    http_client.post(std::move(parcel), [&](Receipt got) { promise.set_value(std::move(got)); });
    return receipt.get();
}

TEST(CurlHttpClient, PostsWhatItWasGivenAndAnswersWhatCame) {
    LocalReceiver receiver([](auto const&) { return answer(200, R"({"code":0})"); });
    CurlHttpClient http_client(on_loopback());
    auto const receipt = post(http_client, parcel_to(receiver.url(), R"({"did":"a"})"));
    EXPECT_EQ(receipt.status, 200);
    EXPECT_EQ(receipt.body, R"({"code":0})");
    EXPECT_FALSE(receipt.body_cut);
    EXPECT_EQ(receipt.trouble, "");
    EXPECT_FALSE(receipt.retry_after);

    auto const request = receiver.requests().at(0);
    EXPECT_TRUE(request.starts_with("POST /p?q=1 HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("\r\nAppid: abc\r\n"), std::string::npos);
    EXPECT_NE(request.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
    EXPECT_NE(request.find("\r\nContent-Length: 11\r\n"), std::string::npos);
    EXPECT_EQ(request.find("Expect"), std::string::npos);
    EXPECT_EQ(request.find("Accept-Encoding"), std::string::npos);
    EXPECT_TRUE(request.ends_with("\r\n\r\n{\"did\":\"a\"}"));
}

TEST(CurlHttpClient, ReusesConnections) {
    LocalReceiver receiver([](auto const&) { return answer(200, ""); });
    CurlHttpClient http_client(on_loopback());
    for (int i = 0; i < 5; ++i) EXPECT_EQ(post(http_client, parcel_to(receiver.url())).status, 200);
    EXPECT_EQ(receiver.connections(), 1U);
}

TEST(CurlHttpClient, FollowsNoRedirect) {
    LocalReceiver elsewhere([](auto const&) { return answer(200, ""); });
    LocalReceiver receiver(
        [&](auto const&) { return answer(307, "", "Location: " + elsewhere.url() + "\r\n"); });
    CurlHttpClient http_client(on_loopback());
    EXPECT_EQ(post(http_client, parcel_to(receiver.url())).status, 307);
    EXPECT_EQ(elsewhere.connections(), 0U);
}

TEST(CurlHttpClient, ReadsRetryAfterOfTheLastAnswer) {
    LocalReceiver receiver([](auto const&) {
        return "HTTP/1.1 103 Early\r\nRetry-After: 7\r\n\r\n" +
               answer(429, "", "retry-AFTER:  120 \r\n");
    });
    CurlHttpClient http_client(on_loopback());
    auto const receipt = post(http_client, parcel_to(receiver.url()));
    EXPECT_EQ(receipt.status, 429);
    EXPECT_EQ(receipt.retry_after, "120");
}

TEST(CurlHttpClient, ReadsNoMoreThanItsLimit) {
    auto const size = std::make_shared<std::size_t>(answer_body_bytes_max);
    LocalReceiver receiver([size](auto const&) { return answer(200, std::string(*size, 'x')); });
    CurlHttpClient http_client(on_loopback());
    auto const whole = post(http_client, parcel_to(receiver.url()));
    EXPECT_FALSE(whole.body_cut);
    EXPECT_EQ(whole.body.size(), answer_body_bytes_max);
    *size = answer_body_bytes_max + 1;
    auto const cut = post(http_client, parcel_to(receiver.url()));
    EXPECT_TRUE(cut.body_cut);
    EXPECT_EQ(cut.status, 200);
    EXPECT_EQ(cut.body.size(), answer_body_bytes_max);
}

TEST(CurlHttpClient, RefusesAHugeHeader) {
    LocalReceiver receiver([](auto const&) {
        return answer(200, "", "X-Long: " + std::string(40'000, 'x') + "\r\n");
    });
    CurlHttpClient http_client(on_loopback());
    auto const receipt = post(http_client, parcel_to(receiver.url()));
    EXPECT_EQ(receipt.trouble, "the answer's header is longer than 32 KiB");
    EXPECT_EQ(receipt.fault, PostFault::body);
}

struct BrokenCase {
    std::string name;
    std::string bytes;
    PostFault fault;
};
class ABrokenAnswer : public testing::TestWithParam<BrokenCase> {};
TEST_P(ABrokenAnswer, IsTrouble) {
    LocalReceiver receiver([&](auto const&) { return GetParam().bytes; });
    CurlHttpClient http_client(on_loopback());
    auto parcel = parcel_to(receiver.url());
    parcel.timeout = Millis{300};
    auto const receipt = post(http_client, std::move(parcel));
    EXPECT_NE(receipt.trouble, "");
    EXPECT_EQ(receipt.fault, GetParam().fault);
}
INSTANTIATE_TEST_SUITE_P(
    , ABrokenAnswer,
    testing::Values(BrokenCase{"Closed", "", PostFault::closed},
                    BrokenCase{"NoHttp", "SSH-2.0-OpenSSH\r\n\r\n", PostFault::closed},
                    BrokenCase{"HangingInTheHeader", "HTTP/1.1 200 OK\r\nX: 1\r\n",
                               PostFault::timeout},
                    BrokenCase{"HangingInTheBody", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
                               PostFault::timeout}),
    [](auto const& tested) { return tested.param.name; });

TEST(CurlHttpClient, OneThatHangsHoldsUpNoOther) {
    LocalReceiver hanging([](auto const&) { return std::string("HTTP/1.1 200 OK\r\nX: 1\r\n"); });
    LocalReceiver receiver([](auto const&) { return answer(200, ""); });
    std::atomic<int> ended = 0;
    CurlHttpClient http_client(on_loopback());
    for (int i = 0; i < 50; ++i) {
        http_client.post(parcel_to(hanging.url()), [&](Receipt const&) { ++ended; });
    }
    EXPECT_EQ(post(http_client, parcel_to(receiver.url())).status, 200);
    EXPECT_EQ(ended, 0);
}

TEST(CurlHttpClient, BreaksOffWhatIsUnderWayAtItsEnd) {
    LocalReceiver hanging([](auto const&) { return std::string("HTTP/1.1 200 OK\r\nX: 1\r\n"); });
    std::vector<std::string> troubles;
    {
        CurlHttpClient http_client(on_loopback());
        for (int i = 0; i < 3; ++i) {
            http_client.post(parcel_to(hanging.url()),
                             [&](Receipt receipt) { troubles.push_back(receipt.trouble); });
        }
    }
    EXPECT_EQ(troubles, std::vector<std::string>(3, "the server is stopping"));
}

TEST(CurlHttpClient, ConnectsOnlyWhereItMay) {
    LocalReceiver receiver([](auto const&) { return answer(200, ""); });
    auto settings = on_loopback();
    settings.allow_networks.clear();
    CurlHttpClient http_client(settings);
    auto const inside = post(http_client, parcel_to(receiver.url()));
    EXPECT_EQ(inside.trouble, "127.0.0.1 is not a public address");
    EXPECT_EQ(inside.fault, PostFault::blocked);
    for (auto const* host : {"localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
                             "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0"}) {
        auto const receipt = post(http_client, parcel_to(receiver.url(host)));
        EXPECT_EQ(receipt.status, 0) << host;
        EXPECT_NE(receipt.trouble, "") << host;
    }
    EXPECT_EQ(receiver.connections(), 0U);
}

TEST(CurlHttpClient, MayBeAllowedOnePort) {
    LocalReceiver open([](auto const&) { return answer(200, ""); });
    LocalReceiver closed([](auto const&) { return answer(200, ""); });
    auto settings = on_loopback();
    settings.allow_networks = {*read_network("127.0.0.1/32:" + std::to_string(open.port()))};
    CurlHttpClient http_client(settings);
    EXPECT_EQ(post(http_client, parcel_to(open.url())).status, 200);
    EXPECT_EQ(post(http_client, parcel_to(closed.url())).status, 0);
    EXPECT_EQ(closed.connections(), 0U);
}

TEST(CurlHttpClient, SpeaksPlainHttpOnlyWhereAllowed) {
    LocalReceiver receiver([](auto const&) { return answer(200, ""); });
    auto settings = on_loopback();
    settings.allow_http = false;
    CurlHttpClient http_client(settings);
    EXPECT_NE(post(http_client, parcel_to(receiver.url())).trouble, "");
    EXPECT_NE(post(http_client, parcel_to("file:///etc/hostname")).trouble, "");
    EXPECT_NE(post(http_client, parcel_to("gopher://127.0.0.1/")).trouble, "");
    EXPECT_NE(post(http_client, parcel_to("not a url")).trouble, "");
    EXPECT_EQ(receiver.connections(), 0U);
}

TEST(CurlHttpClient, SendsThePathAsItIs) {
    LocalReceiver receiver([](auto const&) { return answer(200, ""); });
    CurlHttpClient http_client(on_loopback());
    auto const origin = "http://127.0.0.1:" + std::to_string(receiver.port());
    post(http_client, parcel_to(origin + "/a/../b/./c?d"));
    EXPECT_TRUE(receiver.requests().at(0).starts_with("POST /a/../b/./c?d HTTP/1.1\r\n"));
}

TEST(CurlHttpClient, KnowsNoProxyOfTheEnvironment) {
    LocalReceiver proxy([](auto const&) { return answer(200, "proxy"); });
    LocalReceiver receiver([](auto const&) { return answer(200, "receiver"); });
    setenv("http_proxy", proxy.url().c_str(), 1);
    setenv("all_proxy", proxy.url().c_str(), 1);
    CurlHttpClient http_client(on_loopback());
    EXPECT_EQ(post(http_client, parcel_to(receiver.url())).body, "receiver");
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    EXPECT_EQ(proxy.connections(), 0U);
}

}  // namespace
}  // namespace updraft::webpost
