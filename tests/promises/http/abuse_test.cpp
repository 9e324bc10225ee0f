// What one client can not do: hold memory before it is known, drip, or be answered too fast.
#include <gtest/gtest.h>

#include <thread>

#include "raw_client.h"
#include "requests.h"
#include "stage_listener.h"

namespace updraft::http {
namespace {

using namespace std::chrono_literals;

std::string announced(std::string const& path, std::size_t bytes, std::string const& fields = "") {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(bytes) +
           "\r\n" + fields + "\r\n";
}

struct CheckCase {
    std::string name;
    std::string head;
};
class HeadCheckOf : public testing::TestWithParam<CheckCase> {};

TEST_P(HeadCheckOf, RefusesBeforeTheBodyIsRead) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(GetParam().head);
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 401);
    EXPECT_EQ(answer->field("Connection"), "close");
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(listener.calls(), 0);
}
INSTANTIATE_TEST_SUITE_P(
    , HeadCheckOf,
    testing::Values(
        CheckCase{"AnAnnouncedBody", announced("/checked", 65536)},
        CheckCase{"AWrongToken", announced("/checked", 10, "Token: bad\r\n")},
        CheckCase{"AnExpectingClient", announced("/checked", 10, "Expect: 100-continue\r\n")},
        CheckCase{"ABegunBody", announced("/checked", 65536) + std::string(1000, 'x')},
        CheckCase{"AChunkedBody",
                  "POST /checked HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"}),
    [](auto const& tested) { return tested.param.name; });

TEST(HeadCheckPassed, AGoodHeadReadsTheBody) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(announced("/checked", 65536, "Token: good\r\nExpect: 100-continue\r\n"));
    EXPECT_EQ(client.read_answer()->status, 100);
    std::string const body(65536, 'x');
    client.send(body);
    EXPECT_EQ(client.read_answer()->body, body);
    EXPECT_EQ(listener.checks(), 1);
}

TEST(HeadCheckPassed, ABodyThatIsThereIsLeftToTheHandler) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(post("/checked", "body") + post("/checked", "again"));
    EXPECT_EQ(client.read_answer()->body, "body");
    EXPECT_EQ(client.read_answer()->body, "again");
    EXPECT_EQ(listener.checks(), 0);
}

TEST(BodyMemoryOfAll, IsLimitedAndGivenBack) {
    StageListener listener([](auto& settings) { settings.body_memory_bytes_max = 100 * 1024; });
    std::string const most(65535, 'x');
    RawClient first(listener.port());
    first.send(announced("/echo", 65536) + most);
    while (listener->counters().body_bytes_held < 65535) std::this_thread::yield();

    RawClient second(listener.port());
    second.send(announced("/echo", 65536) + most);
    auto const refused = second.read_answer();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_FALSE(refused->field("Retry-After").empty());
    EXPECT_EQ(refused->body.substr(0, 12), "{\"code\":302,");
    EXPECT_TRUE(second.closed());

    // Small bodies do not need it.
    RawClient small(listener.port());
    small.send(announced("/echo", 4000));
    small.send(std::string(4000, 's'));
    EXPECT_EQ(small.read_answer()->body.size(), 4000U);

    first.send("x");
    EXPECT_EQ(first.read_answer()->body.size(), 65536U);
    first.send(get("/hello"));
    EXPECT_EQ(first.read_answer()->body, "hello");
    EXPECT_EQ(listener->counters().body_bytes_held, 0U);
    EXPECT_EQ(listener->counters().bodies_refused, 1U);
}

TEST(BodyMemoryOfAll, CountsChunkedBodies) {
    StageListener listener([](auto& settings) { settings.body_memory_bytes_max = 20 * 1024; });
    RawClient client(listener.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n");
    client.send(std::string(40'000, 'x'));
    EXPECT_EQ(client.read_answer()->status, 503);
    EXPECT_TRUE(client.closed());
}

TEST(BodyMemoryOfAll, IsGivenBackByAConnectionThatBreaksOff) {
    StageListener listener;
    {
        RawClient client(listener.port());
        client.send(announced("/echo", 65536) + std::string(60'000, 'x'));
        while (listener->counters().body_bytes_held == 0) std::this_thread::yield();
    }
    while (listener->counters().body_bytes_held > 0) std::this_thread::yield();
}

// One byte at a time, and between two of them a whole request of another client.
void drip(StageListener& listener, RawClient& client) {
    RawClient other(listener.port());
    while (client.send("x")) {
        other.send(get("/hello"));
        if (!other.read_answer()) return;
        if (listener->counters().answers[4] > 0) return;
    }
}

class Drip : public testing::TestWithParam<std::string> {};

TEST_P(Drip, IsCutByABoundForTheWholeBody) {
    StageListener listener([](auto& settings) {
        settings.body_timeout = 200ms;
        settings.transfer_stall = 20s;
    });
    RawClient client(listener.port());
    client.send(GetParam() + " HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n");
    drip(listener, client);
    EXPECT_EQ(client.read_answer()->status, 408);
}
INSTANTIATE_TEST_SUITE_P(, Drip, testing::Values("POST /echo", "POST /nothing", "PUT /dropped"),
                         [](auto const& tested) {
                             auto const& line = tested.param;
                             return line.substr(line.find('/') + 1);
                         });

TEST(Upload, ThatIsDroppedIsReadToItsEndAndTheConnectionStays) {
    StageListener listener;
    RawClient client(listener.port());
    std::string const body(300'000, 'x');
    client.send("PUT /dropped HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + body);
    EXPECT_EQ(client.read_answer()->body, "dropped");
    client.send("PUT /dropped HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
    EXPECT_EQ(client.read_answer()->body, "not dropped");
    EXPECT_TRUE(client.closed());
}

TEST(Upload, ThatIsRefusedAndThereLeavesTheConnectionOpen) {
    StageListener listener;
    RawClient client(listener.port());
    client.send("PUT /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody" +
                get("/hello"));
    EXPECT_EQ(client.read_answer()->status, 401);
    EXPECT_EQ(client.read_answer()->body, "hello");
}

TEST(Addresses, HaveSoManyConnectionsAtOnce) {
    StageListener listener([](auto& settings) { settings.connections_per_address_max = 2; });
    RawClient first(listener.port());
    first.send(get("/hello"));
    EXPECT_EQ(first.read_answer()->body, "hello");
    {
        RawClient second(listener.port());
        second.send(get("/hello"));
        EXPECT_EQ(second.read_answer()->body, "hello");
        RawClient third(listener.port());
        third.send(get("/hello"));
        EXPECT_FALSE(third.read_answer());
        EXPECT_EQ(listener->counters().connections_closed_by_address, 1U);
    }
    while (listener->counters().connections_open > 1) std::this_thread::yield();
    RawClient again(listener.port());
    again.send(get("/hello"));
    EXPECT_EQ(again.read_answer()->body, "hello");
}

TEST(Addresses, OfTrustedProxiesHaveNoLimit) {
    StageListener listener([](auto& settings) {
        settings.connections_per_address_max = 1;
        settings.trusted_proxies = {"127.0.0.0/8"};
    });
    RawClient first(listener.port());
    RawClient second(listener.port());
    for (auto* client : {&first, &second}) {
        client->send(get("/peer", "X-Forwarded-For: 203.0.113.9, 192.0.2.1\r\n"));
        EXPECT_EQ(client->read_answer()->body, "192.0.2.1");
    }
}

TEST(Addresses, ThatOthersThanProxiesNameAreIgnored) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/peer", "X-Forwarded-For: 192.0.2.1\r\n"));
    EXPECT_EQ(client.read_answer()->body, "127.0.0.1");
}

TEST(Delayed, AnswersWaitWhileOthersAreAnswered) {
    StageListener listener([](auto& settings) {
        settings.threads = 1;
        settings.answers_waiting_max = 1;
    });
    RawClient late(listener.port());
    late.send(get("/hello") + get("/late"));
    EXPECT_EQ(late.read_answer()->body, "hello");
    while (listener->counters().answers_waiting == 0) std::this_thread::yield();
    RawClient other(listener.port());
    other.send(get("/hello"));
    EXPECT_EQ(other.read_answer()->body, "hello");

    // One more than may wait gets no answer.
    RawClient more(listener.port());
    more.send(get("/late"));
    EXPECT_TRUE(more.closed());
    EXPECT_EQ(listener->counters().answers_dropped, 1U);

    // At the end of the server they wait no longer.
    listener->stop();
    EXPECT_EQ(late.read_answer()->body, "late");
    EXPECT_EQ(listener->counters().answers_waiting, 0U);
}

}  // namespace
}  // namespace updraft::http
