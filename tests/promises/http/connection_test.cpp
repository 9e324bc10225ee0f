// What a connection promises: order of answers, keep-alive, bodies, and what is logged and counted.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "raw_client.h"
#include "requests.h"
#include "stage_listener.h"

namespace updraft::http {
namespace {

using namespace std::chrono_literals;

TEST(Connection, IsKeptForTheNextRequest) {
    StageListener listener;
    RawClient client(listener.port());
    for (int i = 0; i < 3; ++i) {
        client.send(post("/echo", "body " + std::to_string(i)));
        auto const answer = client.read_answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, "body " + std::to_string(i));
    }
    EXPECT_EQ(listener->counters().connections_accepted, 1U);
}

TEST(Connection, ClosesWhenAsked) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/hello", "Connection: close\r\n"));
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->field("Connection"), "close");
    EXPECT_TRUE(client.closed());
}

TEST(Connection, OfHttp10ClosesUnlessAskedToStay) {
    StageListener listener;
    RawClient leaving(listener.port());
    leaving.send("GET /hello HTTP/1.0\r\n\r\n");
    ASSERT_TRUE(leaving.read_answer());
    EXPECT_TRUE(leaving.closed());

    RawClient staying(listener.port());
    for (int i = 0; i < 2; ++i) {
        staying.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        auto const answer = staying.read_answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->field("Connection"), "keep-alive");
    }
}

TEST(Connection, AnswersPipelinedRequestsInOrder) {
    StageListener listener;
    RawClient client(listener.port());
    std::string all;
    for (int i = 0; i < 200; ++i) all += post("/echo", std::to_string(i)) + get("/hello");
    client.send(all);
    for (int i = 0; i < 200; ++i) {
        auto const echoed = client.read_answer();
        ASSERT_TRUE(echoed);
        EXPECT_EQ(echoed->body, std::to_string(i));
        EXPECT_EQ(client.read_answer()->body, "hello");
    }
}

TEST(Connection, AnswersAfterThePeerStoppedSending) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/hello"));
    client.end_sending();
    EXPECT_EQ(client.read_answer()->body, "hello");
    EXPECT_TRUE(client.closed());
}

TEST(Connection, AnswersHeadWithTheHeadOfGet) {
    StageListener listener;
    RawClient client(listener.port());
    client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + get("/hello"));
    auto const head = client.read_answer(true);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->field("Content-Length"), "5");
    EXPECT_EQ(client.read_answer()->body, "hello");
}

TEST(Connection, AnswersHeadOfAFileWithoutSendingIt) {
    StageListener listener;
    RawClient client(listener.port());
    client.send("HEAD /file HTTP/1.1\r\nHost: h\r\n\r\n" + get("/hello"));
    EXPECT_EQ(client.read_answer(true)->field("Content-Length"), "3000000");
    EXPECT_EQ(client.read_answer()->body, "hello");
    EXPECT_EQ(listener.file_bytes_counted(), 0U);
    EXPECT_EQ(listener.files_ended(), 1);
}

TEST(Connection, SaysContinueAtOnce) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
        "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_answer()->status, 100);
    client.send("body");
    EXPECT_EQ(client.read_answer()->body, "body");
}

TEST(Connection, SaysContinueForStreamedBodiesWhenTheyAreWanted) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(
        "PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
        "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_answer()->status, 100);
    client.send("a");
    EXPECT_EQ(client.read_answer()->body, "1 97");

    RawClient refused(listener.port());
    refused.send(
        "PUT /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
        "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(refused.read_answer()->status, 401);
    EXPECT_TRUE(refused.closed());
}

TEST(Connection, SaysNoContinueForABodyThatIsTooLarge) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n"
        "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_answer()->status, 413);
    EXPECT_TRUE(client.closed());
}

struct SizeCase {
    std::string name;
    std::size_t bytes;
    bool chunked;
    int status;
};
class BodySize : public testing::TestWithParam<SizeCase> {};

TEST_P(BodySize, IsLimited) {
    StageListener listener;
    RawClient client(listener.port());
    std::string const body(GetParam().bytes, 'x');
    if (GetParam().chunked) {
        std::array<char, 32> size{};
        std::snprintf(size.data(), size.size(), "%zx\r\n", body.size());
        client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send(size.data() + body + "\r\n0\r\n\r\n");
    } else {
        client.send(post("/echo", body));
    }
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, GetParam().status);
    if (answer->status == 200) {
        EXPECT_EQ(answer->body, body);
    } else {
        EXPECT_EQ(listener.calls(), 0);
        EXPECT_TRUE(client.closed());
    }
}
INSTANTIATE_TEST_SUITE_P(, BodySize,
                         testing::Values(SizeCase{"AtTheLimit", 65536, false, 200},
                                         SizeCase{"OverTheLimit", 65537, false, 413},
                                         SizeCase{"FarOver", 5'000'000, false, 413},
                                         SizeCase{"ChunkedAtTheLimit", 65536, true, 200},
                                         SizeCase{"ChunkedOver", 65537, true, 413},
                                         SizeCase{"ChunkedFarOver", 5'000'000, true, 413}),
                         [](auto const& tested) { return tested.param.name; });

class AnnouncedChunk : public testing::TestWithParam<std::string> {};

// The client sends no byte of the chunk that is too large, and waits for the answer.
TEST_P(AnnouncedChunk, BeyondTheLimitIsAnsweredAtOnce) {
    StageListener listener([](auto& settings) { settings.body_timeout = std::chrono::hours{1}; });
    RawClient client(listener.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                GetParam());
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 413);
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(listener.calls(), 0);

    RawClient lost(listener.port());
    lost.send("POST /nowhere HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
              GetParam());
    EXPECT_EQ(lost.read_answer()->status, 404);
    EXPECT_TRUE(lost.closed());
}
INSTANTIATE_TEST_SUITE_P(, AnnouncedChunk,
                         testing::Values("10001\r\n", "FFFFFFFFFFFFFFFF\r\n",
                                         "00000000FFFFFFFFFFFFFFFF;a=b\r\n", "3\r\nabc\r\nffff\r\n",
                                         "1\r\na\r\nFFFFFFFFFFFFFFFF\r\n"));

class EncodedBody : public testing::TestWithParam<std::string> {};
TEST_P(EncodedBody, IsRefused) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(post("/open/call", "{}", GetParam()));
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 415);
    EXPECT_EQ(answer->body.substr(0, 12), "{\"code\":302,");
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(listener.calls(), 0);
}
INSTANTIATE_TEST_SUITE_P(
    , EncodedBody,
    testing::Values("Content-Encoding: gzip\r\n", "Content-Encoding: identity, gzip\r\n",
                    "Content-Encoding: gzip\r\nContent-Encoding: identity\r\n",
                    "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"));

struct UnroutedCase {
    std::string name;
    std::string bytes;
    int status;
    std::string allow;
};
class Unrouted : public testing::TestWithParam<UnroutedCase> {};

TEST_P(Unrouted, IsToldAndTheConnectionStays) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(GetParam().bytes + get("/hello"));
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, GetParam().status);
    EXPECT_EQ(answer->field("Allow"), GetParam().allow);
    EXPECT_EQ(client.read_answer()->body, "hello");
}
INSTANTIATE_TEST_SUITE_P(
    , Unrouted,
    testing::Values(UnroutedCase{"NoSuchPath", get("/nothing"), 404, ""},
                    UnroutedCase{"WithABody", post("/nothing", "some body"), 404, ""},
                    UnroutedCase{"TrailingSlash", get("/hello/"), 404, ""},
                    UnroutedCase{"DotSegments", get("/x/../hello"), 404, ""},
                    UnroutedCase{"BadPercent", get("/params/a%zz/b"), 404, ""},
                    UnroutedCase{"EncodedNul", get("/params/a%00/b"), 404, ""},
                    UnroutedCase{"EmptyParameter", get("/params//b"), 404, ""},
                    UnroutedCase{"OtherMethod", post("/hello", "x"), 405, "GET, HEAD"},
                    UnroutedCase{"PostOnly", get("/echo"), 405, "POST"}),
    [](auto const& tested) { return tested.param.name; });

TEST(Connection, DecodesParameters) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/params/a%2Fb%20c/%E4%BD%A0"));
    EXPECT_EQ(client.read_answer()->body, "a/b c|\xE4\xBD\xA0");
}

TEST(Connection, TakesOverGoodRequestIdsAndMakesOthers) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/hello", "X-Request-Id: a.B_c-1\r\n"));
    EXPECT_EQ(client.read_answer()->field("X-Request-Id"), "a.B_c-1");
    client.send(get("/hello", "X-Request-Id: not so good\r\n"));
    auto const first = client.read_answer()->field("X-Request-Id");
    client.send(get("/nothing", "X-Request-Id: " + std::string(65, 'x') + "\r\n"));
    auto const second = client.read_answer()->field("X-Request-Id");
    EXPECT_EQ(first.size(), 16U);
    EXPECT_EQ(second.size(), 16U);
    EXPECT_NE(first, second);
}

TEST(Connection, AnswersABugWith500AndTellsIt) {
    std::promise<std::string> told;
    ListenerHooks hooks;
    hooks.bug = [&](std::string_view, std::string_view what) { told.set_value(std::string(what)); };
    StageListener listener({}, std::move(hooks));
    RawClient client(listener.port());
    client.send(get("/throw") + get("/hello"));
    EXPECT_EQ(client.read_answer()->status, 500);
    EXPECT_EQ(client.read_answer()->body, "hello");
    EXPECT_EQ(told.get_future().get(), "a bug");
}

TEST(Connection, SaysWhereItWasReached) {
    StageListener plain;
    StageListener behind([](auto& settings) { settings.trusted_proxies = {"127.0.0.0/8"}; });
    auto const forwarded = get("/origin",
                               "X-Forwarded-Proto: https\r\nX-Forwarded-Host: out.example\r\n"
                               "X-Forwarded-Port: 8443\r\n");
    RawClient to_plain(plain.port());
    to_plain.send(get("/origin") + forwarded);
    EXPECT_EQ(to_plain.read_answer()->body, "http://host.example:81");
    EXPECT_EQ(to_plain.read_answer()->body, "http://host.example:81");

    RawClient to_behind(behind.port());
    to_behind.send(forwarded + get("/origin", "X-Forwarded-Proto: https\r\n") +
                   get("/origin", "X-Forwarded-Host: evil host\r\nX-Forwarded-Port: 1x\r\n") +
                   get("/origin", "X-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n"));
    EXPECT_EQ(to_behind.read_answer()->body, "https://out.example:8443");
    EXPECT_EQ(to_behind.read_answer()->body, "https://host.example:81");
    EXPECT_EQ(to_behind.read_answer()->body, "http://host.example:81");
    EXPECT_EQ(to_behind.read_answer()->body, "https://host.example");
}

TEST(Connection, SendsLargeBodies) {
    StageListener listener;
    RawClient client(listener.port(), 65536);
    client.send(get("/large") + get("/hello"));
    EXPECT_EQ(client.read_answer()->body, std::string(1'000'000, 'x'));
    EXPECT_EQ(client.read_answer()->body, "hello");
}

TEST(Connection, SendsListsInChunksAndShortOnesWhole) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/list") + get("/short") + "HEAD /list HTTP/1.1\r\nHost: h\r\n\r\n");
    std::string expected;
    for (int i = 0; i < 2500; ++i) expected += std::to_string(i) + "\n";
    auto const list = client.read_answer();
    EXPECT_EQ(list->body, expected);
    EXPECT_EQ(list->field("Transfer-Encoding"), "chunked");
    auto const short_list = client.read_answer();
    EXPECT_EQ(short_list->body, "0\n1\n2\n");
    EXPECT_EQ(short_list->field("Content-Length"), "6");
    EXPECT_EQ(client.read_answer(true)->field("Transfer-Encoding"), "chunked");

    RawClient old(listener.port());
    old.send("GET /list HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(old.read_answer()->body, expected);
}

TEST(Connection, AnnouncesTheBytesOfAListThatKnowsThem) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/sized") + "HEAD /sized HTTP/1.1\r\nHost: h\r\n\r\n" + get("/sized/wrongly"));
    auto const whole = client.read_answer();
    EXPECT_EQ(whole->field("content-length"), "4");
    EXPECT_EQ(whole->body, "abcd");
    EXPECT_EQ(client.read_answer(true)->field("content-length"), "4");
    EXPECT_FALSE(client.read_answer());
    EXPECT_TRUE(client.closed());
}

TEST(Connection, TellsOrCutsWhenAListFails) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/broken/at-once"));
    EXPECT_EQ(client.read_answer()->status, 503);
    client.send(get("/broken/later"));
    EXPECT_FALSE(client.read_answer());
}

TEST(Listener, RefusesAnAddressInUse) {
    StageListener first;
    try {
        StageListener second([&](auto& settings) {
            settings.addresses = {{"127.0.0.1", first.port()}};
        });
        FAIL() << "two listeners on one port";
    } catch (std::runtime_error const& refused) {
        EXPECT_NE(std::string(refused.what()).find("in use"), std::string::npos);
    }
}

TEST(Listener, ListensOnEveryIpv4AndEveryIpv6AddressWithOnePort) {
    std::uint16_t port = 0;
    {
        StageListener const free_port([](auto& settings) { settings.addresses = {{"::", 0}}; });
        port = free_port.port();
    }
    for (bool const v4_first : {true, false}) {
        StageListener both([&](auto& settings) {
            settings.addresses = {{v4_first ? "0.0.0.0" : "::", port},
                                  {v4_first ? "::" : "0.0.0.0", port}};
        });
        EXPECT_EQ(both->origins().size(), 2U);
        RawClient client(port);
        client.send(get("/hello"));
        EXPECT_EQ(client.read_answer()->status, 200);
    }
}

TEST(Listener, OnEveryIpv6AddressAloneServesIpv4AsWell) {
    StageListener listener([](auto& settings) { settings.addresses = {{"::", 0}}; });
    RawClient client(listener.port());
    client.send(get("/hello"));
    EXPECT_EQ(client.read_answer()->status, 200);
}

TEST(Listener, KnowsWhetherItsThreadsWork) {
    StageListener listener([](auto& settings) { settings.header_timeout = 40ms; });
    while (!listener->threads_work()) std::this_thread::yield();
    listener->stop();
    static_cast<void>(listener->threads_work());
    EXPECT_FALSE(listener->threads_work());
}

TEST(Listener, CountsAnswers) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/hello") + get("/nothing") + "nonsense\r\n\r\n");
    while (client.read_answer()) {
    }
    auto const counters = listener->counters();
    EXPECT_EQ(counters.answers[2], 1U);
    EXPECT_EQ(counters.answers[4], 2U);
    EXPECT_EQ(counters.framing_errors, 1U);
}

TEST(Listener, TellsWhatItAnswered) {
    std::promise<std::string> told;
    ListenerHooks hooks;
    hooks.answered = [&](Answered const& answered) {
        told.set_value(std::string(answered.request.path) + " " + std::to_string(answered.status) +
                       " " + std::to_string(answered.body_bytes));
    };
    StageListener listener({}, std::move(hooks));
    RawClient client(listener.port());
    client.send(get("/hello"));
    EXPECT_EQ(told.get_future().get(), "/hello 200 5");
}

}  // namespace
}  // namespace updraft::http
