// What a connection promises about large bodies: files that are sent, uploads that are received.
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "raw_client.h"
#include "requests.h"
#include "stage_listener.h"

namespace updraft::http {
namespace {

using namespace std::chrono_literals;

TEST(FileBody, IsSentWholeAndCounted) {
    StageListener listener;
    RawClient client(listener.port(), 65536);
    client.send(get("/file") + get("/hello"));
    EXPECT_EQ(client.read_answer()->body, listener.file_content());
    EXPECT_EQ(client.read_answer()->body, "hello");
    EXPECT_EQ(listener.file_bytes_counted(), listener.file_content().size());
    EXPECT_LE(listener.largest_piece(), 1024U * 1024U);
    EXPECT_EQ(listener.files_completed(), 1);
}

TEST(FileBody, IsSentInPieces) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/pieces") + get("/hello"));
    EXPECT_EQ(client.read_answer()->body, "--one\r\nabcdefghij--two\r\nbcd--end");
    EXPECT_EQ(client.read_answer()->body, "hello");
    EXPECT_EQ(listener.file_bytes_counted(), 13U);
}

TEST(FileBody, IsCutWhenTheFileIsShorterThanSaid) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(get("/truncated"));
    EXPECT_FALSE(client.read_answer());
    listener.await_files_ended(1);
    EXPECT_EQ(listener.files_completed(), 0);
}

TEST(FileBody, EndsWhenThePeerBreaksOff) {
    StageListener listener;
    RawClient client(listener.port(), 4096);
    client.send(get("/file"));
    EXPECT_EQ(client.read_bytes(1000).size(), 1000U);
    client.abort();
    listener.await_files_ended(1);
    EXPECT_EQ(listener.files_completed(), 0);
}

// The kernel takes the whole file; the peer never reads it.
TEST(FileBody, IsNotCompleteBeforeThePeerAcknowledgedIt) {
    StageListener listener([](auto& settings) { settings.transfer_stall = 50ms; });
    RawClient client(listener.port(), 4096);
    client.send(get("/file"));
    listener.await_files_ended(1);
    EXPECT_EQ(listener.files_completed(), 0);
    EXPECT_GT(listener.unacknowledged_at_end(), 0U);

    RawClient reader(listener.port());
    reader.send(get("/file"));
    EXPECT_TRUE(reader.read_answer());
    listener.await_files_ended(2);
    EXPECT_EQ(listener.files_completed(), 1);
    EXPECT_EQ(listener.unacknowledged_at_end(), 0U);
}

TEST(FileBody, EndsWhenNoByteMoves) {
    StageListener listener([](auto& settings) { settings.transfer_stall = 50ms; });
    RawClient client(listener.port(), 4096);
    client.send(get("/file"));
    listener.await_files_ended(1);  // The client reads nothing, so it stalls.
    EXPECT_EQ(listener.files_completed(), 0);
}

// Clients that read nothing tell how much time has passed: each one loses its connection after the
// stall.
TEST(FileBody, GoesOnForASlowReaderThatNeverStops) {
    StageListener listener([](auto& settings) { settings.transfer_stall = 1s; });
    auto const request = get("/file") + get("/file");
    RawClient of_files(listener.port(), 65536);
    of_files.send(request);
    RawClient of_texts(listener.port(), 65536);
    of_texts.send(get("/large") + get("/large") + get("/large") + get("/large"));
    auto const cut = [&] { return listener.files_ended() - listener.files_completed(); };
    constexpr std::size_t piece = 4'096;
    std::size_t read = 0;
    for (int stalled = 1; stalled <= 2; ++stalled) {
        RawClient idler(listener.port(), 4096);
        idler.send(request);
        while (cut() < stalled) {
            ASSERT_EQ(of_files.read_bytes(piece).size(), piece);
            ASSERT_EQ(of_texts.read_bytes(piece).size(), piece);
            read += piece;
            std::this_thread::sleep_for(10ms);  // The reader's pace, about 400 KB/s.
        }
    }
    auto const both = 2 * listener.file_content().size();
    ASSERT_LT(read, both / 2) << "too fast a reader for this test";
    EXPECT_GE(of_files.read_bytes(both - read).size(), both - read);
    EXPECT_GE(of_texts.read_bytes(4'000'000 - read).size(), 4'000'000 - read);
    EXPECT_EQ(cut(), 2);
}

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * 4096;
}

TEST(Upload, FlowsThroughInConstantMemory) {
    StageListener listener;
    RawClient client(listener.port());
    std::size_t const pieces = 2000;
    std::string const piece(64 * 1024, 'a');
    client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                std::to_string(pieces * piece.size()) + "\r\n\r\n");
    auto const before = resident_bytes();
    for (std::size_t i = 0; i < pieces; ++i) ASSERT_TRUE(client.send(piece));
    EXPECT_LT(resident_bytes(), before + 16 * 1024 * 1024);
    auto const bytes = pieces * piece.size();
    EXPECT_EQ(client.read_answer()->body, std::to_string(bytes) + " " + std::to_string(bytes * 97));
    client.send(get("/hello"));
    EXPECT_EQ(client.read_answer()->body, "hello");
}

TEST(Upload, ComesInChunksToo) {
    StageListener listener;
    RawClient client(listener.port());
    std::string request = "PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 5000; ++i) request += "10\r\naaaaaaaaaaaaaaaa\r\n";
    client.send(request + "0\r\n\r\n" + get("/hello"));
    EXPECT_EQ(client.read_answer()->body, "80000 7760000");
    EXPECT_EQ(client.read_answer()->body, "hello");
}

TEST(Upload, ThatIsRefusedIsNotRead) {
    StageListener listener;
    RawClient client(listener.port());
    client.send("PUT /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc");
    EXPECT_EQ(client.read_answer()->status, 401);
    EXPECT_TRUE(client.closed());
}

TEST(Upload, WithBrokenChunksIs400) {
    StageListener listener;
    RawClient client(listener.port());
    client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    EXPECT_EQ(client.read_answer()->status, 400);
    EXPECT_TRUE(client.closed());
}

// The client sends no byte of the chunk that is too large, and waits for the answer.
TEST(Upload, WithAChunkBeyondTheLimitIsNotWaitedFor) {
    StageListener listener([](auto& settings) {
        settings.transfer_stall = std::chrono::hours{1};
        settings.body_timeout = std::chrono::hours{1};
    });
    auto const head = [](std::string const& path) {
        return "PUT " + path + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    };
    for (std::string const chunk : {"65\r\n", "3\r\nabc\r\n62\r\n", "FFFFFFFFFFFFFFFF\r\n"}) {
        RawClient client(listener.port());
        client.send(head("/upload/100") + chunk);
        EXPECT_EQ(client.read_answer()->body, "the body is larger than 100 bytes") << chunk;
        EXPECT_TRUE(client.closed());
    }
    for (std::string const chunk : {"100001\r\n", "3\r\nabc\r\nFFFFFFFFFFFFFFFF\r\n"}) {
        RawClient client(listener.port());
        client.send(head("/dropped") + chunk);
        EXPECT_EQ(client.read_answer()->body, "not dropped") << chunk;
        EXPECT_TRUE(client.closed());
    }
    RawClient client(listener.port());
    auto const at_the_limit = "64\r\n" + std::string(100, 'a') + "\r\n0\r\n\r\n";
    client.send(head("/upload/100") + at_the_limit + head("/dropped") + at_the_limit);
    EXPECT_EQ(client.read_answer()->body, "100 9700");
    EXPECT_EQ(client.read_answer()->body, "dropped");
}

TEST(Upload, ThatStallsIs408) {
    StageListener listener([](auto& settings) { settings.transfer_stall = 50ms; });
    RawClient client(listener.port());
    client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
    EXPECT_EQ(client.read_answer()->status, 408);
    EXPECT_TRUE(client.closed());
}

}  // namespace
}  // namespace updraft::http
