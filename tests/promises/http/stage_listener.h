// A real listener on a free port with a few routes, for tests that connect to it over TCP.
//
// Lives here: the routes, and the number of calls.
//
// Not here:   the promises (the tests in this folder).
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "http/listener.h"
#include "stage/manual_clock.h"
#include "stage/sequence_id_source.h"

namespace updraft::http {

// Replaces the identity header fields of the edges.
inline constexpr std::array<std::string_view, 5> identity_fields{"appid", "appkey", "access-token",
                                                                 "openid", "authorization"};

// Routes: GET /hello, POST /echo (answers the body), PUT /upload (streamed; answers its length),
// PUT /upload/100 (the same for at most 100 bytes), GET /params/{one}/{two}, GET /file, GET
// /pieces, GET /list, GET /throw, GET /wait (answers when release() is called), GET /origin, POST
// /open/call, POST /checked (the head needs "Token: good"; answers the body), PUT /dropped
// (streamed; drops up to 1 MiB), GET /late (answers after an hour), GET /peer (answers the client's
// address).
class StageListener {
public:
    explicit StageListener(std::function<void(ListenerSettings&)> const& change = {},
                           ListenerHooks hooks = {});
    ~StageListener();

    [[nodiscard]] std::uint16_t port() const { return listener_->ports().front(); }
    Listener& operator*() { return *listener_; }
    Listener* operator->() { return listener_.get(); }

    // The number of requests that reached a handler.
    [[nodiscard]] int calls() const { return calls_; }
    // The number of heads that were checked.
    [[nodiscard]] int checks() const { return checks_; }
    // Waits for a GET /wait, and lets it answer.
    void release();
    // Waits for a GET /wait, and keeps holding it.
    void await_waiting();

    // The content of /file and /pieces.
    [[nodiscard]] std::string const& file_content() const { return file_content_; }
    [[nodiscard]] std::uint64_t file_bytes_counted() const { return file_bytes_counted_; }
    // When the last file ended.
    [[nodiscard]] std::uint64_t unacknowledged_at_end() const { return unacknowledged_at_end_; }
    [[nodiscard]] int files_ended() const { return files_ended_; }
    [[nodiscard]] int files_completed() const { return files_completed_; }
    [[nodiscard]] std::uint64_t largest_piece() const { return largest_piece_; }
    // Waits until `count` file bodies have ended.
    void await_files_ended(int count);

private:
    struct Waiting;

    void add_routes();
    void add_file_routes();
    void add(Method method, std::string pattern, Handler handler, BodyMode body = BodyMode::whole);
    Reply file_reply(std::vector<FileBody::Piece> pieces);

    stage::ManualClock clock_;
    stage::SequenceIdSource id_source_;
    Router router_;
    std::atomic<int> calls_{0};
    std::atomic<int> checks_{0};
    std::string file_content_;
    int file_ = -1;
    std::atomic<std::uint64_t> file_bytes_counted_{0};
    std::atomic<std::uint64_t> unacknowledged_at_end_{0};
    std::atomic<int> files_ended_{0};
    std::atomic<int> files_completed_{0};
    std::atomic<std::uint64_t> largest_piece_{0};
    std::shared_ptr<Waiting> waiting_;
    std::unique_ptr<Listener> listener_;
};

}  // namespace updraft::http
