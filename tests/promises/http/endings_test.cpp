// How connections end: by deadlines, by the limit of their number, and by drain.
#include <gtest/gtest.h>

#include <future>

#include "raw_client.h"
#include "requests.h"
#include "stage_listener.h"

namespace updraft::http {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, OfAHeadAnswers408) {
    StageListener listener([](auto& settings) { settings.header_timeout = 500ms; });
    RawClient client(listener.port());
    client.send("GET /hello HTTP/1.1\r\nHo");
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 408);
    EXPECT_EQ(answer->body.substr(0, 12), "{\"code\":302,");
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(listener.calls(), 0);
}

TEST(Deadline, OfASilentConnectionClosesIt) {
    StageListener listener([](auto& settings) { settings.header_timeout = 50ms; });
    RawClient client(listener.port());
    EXPECT_TRUE(client.closed());
}

TEST(Deadline, OfAnIdleConnectionClosesIt) {
    StageListener listener([](auto& settings) { settings.idle_timeout = 50ms; });
    RawClient client(listener.port());
    client.send(get("/hello"));
    EXPECT_EQ(client.read_answer()->body, "hello");
    EXPECT_TRUE(client.closed());
}

TEST(Deadline, OfABodyAnswers408) {
    StageListener listener([](auto& settings) { settings.body_timeout = 50ms; });
    for (std::string const kind : {"Content-Length: 100", "Transfer-Encoding: chunked"}) {
        RawClient client(listener.port());
        client.send("POST /echo HTTP/1.1\r\nHost: h\r\n" + kind + "\r\n\r\n1");
        auto const answer = client.read_answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 408);
        EXPECT_TRUE(client.closed());
    }
    EXPECT_EQ(listener.calls(), 0);
}

TEST(Deadline, DoesNotCountWhileTheAnswerIsMade) {
    StageListener listener([](auto& settings) {
        settings.header_timeout = settings.body_timeout = settings.idle_timeout = 400ms;
        settings.transfer_stall = 400ms;
    });
    RawClient waiting(listener.port());
    waiting.send(get("/wait"));
    listener.await_waiting();
    // Waits until another, idle connection was closed: longer than every deadline.
    RawClient idle(listener.port());
    EXPECT_TRUE(idle.closed());
    RawClient again(listener.port());
    EXPECT_TRUE(again.closed());
    listener.release();
    EXPECT_EQ(waiting.read_answer()->body, "released");
}

TEST(Limit, OfConnectionsAnswers503) {
    StageListener listener([](auto& settings) { settings.connections_max = 1; });
    RawClient first(listener.port());
    first.send(get("/hello"));
    EXPECT_EQ(first.read_answer()->body, "hello");
    RawClient second(listener.port());
    auto const refused = second.read_answer();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_FALSE(refused->field("Retry-After").empty());
    first.send(get("/hello"));
    EXPECT_EQ(first.read_answer()->body, "hello");
    EXPECT_EQ(listener->counters().connections_refused, 1U);
}

TEST(Drain, FinishesWhatRunsAndClosesWhatIsIdle) {
    StageListener listener;
    RawClient idle(listener.port());
    idle.send(get("/hello"));
    EXPECT_EQ(idle.read_answer()->body, "hello");
    RawClient busy(listener.port());
    busy.send(get("/wait"));
    listener.await_waiting();

    auto stopped = std::async(std::launch::async, [&] { listener->stop(); });
    EXPECT_TRUE(idle.closed());
    EXPECT_THROW(RawClient{listener.port()}, std::runtime_error);
    listener.release();
    auto const answer = busy.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "released");
    EXPECT_EQ(answer->field("Connection"), "close");
    EXPECT_TRUE(busy.closed());
    stopped.get();
    EXPECT_EQ(listener->counters().connections_open, 0U);
}

TEST(Drain, EndsAtItsDeadline) {
    StageListener listener([](auto& settings) { settings.drain_timeout = 50ms; });
    RawClient busy(listener.port());
    busy.send(get("/wait"));
    listener.await_waiting();
    listener->stop();
    EXPECT_FALSE(busy.read_answer());
}

}  // namespace
}  // namespace updraft::http
