#include "stage_listener.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <stdexcept>
#include <utility>

namespace updraft::http {
namespace {

Reply text(std::string body) {
    Reply reply;
    reply.content_type = "text/plain";
    reply.body = std::move(body);
    return reply;
}

Reply worded(Trouble const& trouble) {
    Reply reply;
    reply.status = trouble.status;
    reply.body = "{\"code\":302,\"result\":\"" + trouble.detail + "\"}";
    return reply;
}

asio::awaitable<Reply> answer(std::string body) { co_return text(std::move(body)); }

asio::awaitable<Reply> throw_up() {
    throw std::runtime_error("a bug");
    co_return Reply{};
}

asio::awaitable<Reply> take_upload(BodyReader& stream) {
    std::uint64_t bytes = 0;
    std::uint64_t sum = 0;
    while (true) {
        auto const piece = co_await stream.next();
        if (!piece) {
            auto failed = text(piece.error().detail);
            failed.status = 422;
            co_return failed;
        }
        if (piece->empty()) break;
        bytes += piece->size();
        for (char const c : *piece) sum += static_cast<unsigned char>(c);
    }
    co_return text(std::to_string(bytes) + " " + std::to_string(sum));
}

// Refuses the upload without reading a byte of it.
asio::awaitable<Reply> refuse_upload() {
    auto refused = text("no");
    refused.status = 401;
    co_return refused;
}

asio::awaitable<Reply> drop_upload(BodyReader& stream) {
    bool const ended = co_await stream.drop(1024 * 1024);
    co_return text(ended ? "dropped" : "not dropped");
}

// Refuses what has not "Token: good".
asio::awaitable<std::optional<Reply>> check_token(std::string token) {
    if (token == "good") co_return std::nullopt;
    auto refused = text("no");
    refused.status = 401;
    co_return refused;
}

// "0\n1\n2\n…" in pieces of 100 numbers.
class Numbers final : public BodySource {
public:
    explicit Numbers(int count) : count_(count) {}

    asio::awaitable<Result<bool>> next(std::string& out) override {
        for (int i = 0; i < 100 && next_ < count_; ++i) out += std::to_string(next_++) + "\n";
        co_return next_ == count_;
    }

private:
    int count_;
    int next_ = 0;
};

// "abcd" in two pieces, which says that it has `bytes` bytes.
class Sized final : public BodySource {
public:
    explicit Sized(std::uint64_t bytes) : bytes_(bytes) {}

    [[nodiscard]] std::optional<std::uint64_t> bytes() const override { return bytes_; }
    asio::awaitable<Result<bool>> next(std::string& out) override {
        out += called_ ? "cd" : "ab";
        co_return std::exchange(called_, true);
    }

private:
    std::uint64_t bytes_;
    bool called_ = false;
};

// Fails immediately, or after one piece.
class Broken final : public BodySource {
public:
    explicit Broken(bool at_once) : at_once_(at_once) {}

    asio::awaitable<Result<bool>> next(std::string& out) override {
        if (at_once_ || called_) co_return fail(Errc::unavailable, "the store is away");
        called_ = true;
        out = "so far";
        co_return false;
    }

private:
    bool at_once_;
    bool called_ = false;
};

asio::awaitable<Reply> stream_from(std::unique_ptr<BodySource> source) {
    auto reply = text("");
    reply.body = std::move(source);
    co_return reply;
}

}  // namespace

// Requests to /wait, which are held until release().
struct StageListener::Waiting {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> held;

    static asio::awaitable<Reply> wait(std::shared_ptr<Waiting> waiting) {
        auto executor = co_await asio::this_coro::executor;
        auto start = [waiting, executor](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            std::lock_guard const lock(waiting->mutex);
            waiting->held.emplace_back(
                [shared, executor] { asio::post(executor, [shared] { std::move (*shared)(); }); });
            waiting->changed.notify_all();
        };
        co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(std::move(start),
                                                                             asio::use_awaitable);
        co_return text("released");
    }

    void await_one(std::unique_lock<std::mutex>& lock) {
        changed.wait(lock, [this] { return !held.empty(); });
    }
};

void StageListener::await_waiting() {
    std::unique_lock lock(waiting_->mutex);
    waiting_->await_one(lock);
}

void StageListener::release() {
    std::unique_lock lock(waiting_->mutex);
    waiting_->await_one(lock);
    auto const go_on = waiting_->held.front();
    waiting_->held.pop_front();
    lock.unlock();
    go_on();
}

void StageListener::await_files_ended(int count) {
    std::unique_lock lock(waiting_->mutex);
    waiting_->changed.wait(lock, [&] { return files_ended_ >= count; });
}

StageListener::StageListener(std::function<void(ListenerSettings&)> const& change,
                             ListenerHooks hooks)
    : waiting_(std::make_shared<Waiting>()) {
    for (int i = 0; i < 3'000'000; ++i) file_content_ += static_cast<char>('a' + i % 26);
    char name[] = "/tmp/updraft-http-XXXXXX";
    file_ = ::mkstemp(name);
    ::unlink(name);
    auto const written = ::write(file_, file_content_.data(), file_content_.size());
    if (written != static_cast<ssize_t>(file_content_.size())) throw std::runtime_error("no file");
    add_routes();
    add_file_routes();
    router_.add_edge("", worded);
    router_.word_framing(worded);

    ListenerSettings settings;
    settings.addresses.push_back({"127.0.0.1", 0});
    settings.threads = 2;
    settings.identity_fields.assign(identity_fields.begin(), identity_fields.end());
    if (change) change(settings);
    auto started = Listener::start(settings, router_, clock_, id_source_, std::move(hooks));
    if (!started) throw std::runtime_error(started.error().detail);
    listener_ = *std::move(started);
}

StageListener::~StageListener() {
    listener_->stop();
    waiting_->held.clear();
    listener_.reset();
    ::close(file_);
}

void StageListener::add(Method method, std::string pattern, Handler handler, BodyMode body) {
    Route route;
    route.method = method;
    route.pattern = std::move(pattern);
    route.body = body;
    route.handler = [this, handler = std::move(handler)](Request const& request) {
        ++calls_;
        return handler(request);
    };
    router_.add(std::move(route));
}

void StageListener::add_routes() {
    add(Method::get, "/hello", [](Request const&) { return answer("hello"); });
    add(Method::post, "/echo", [](Request const& r) { return answer(std::string(r.body)); });
    add(Method::post, "/open/call", [](Request const& r) { return answer(std::string(r.body)); });
    add(
        Method::put, "/upload", [](Request const& r) { return take_upload(*r.stream); },
        BodyMode::streamed);
    add(
        Method::put, "/upload/100",
        [](Request const& r) {
            r.stream->set_bytes_max(100);
            return take_upload(*r.stream);
        },
        BodyMode::streamed);
    add(
        Method::put, "/refused", [](Request const&) { return refuse_upload(); },
        BodyMode::streamed);
    add(
        Method::put, "/dropped", [](Request const& r) { return drop_upload(*r.stream); },
        BodyMode::streamed);
    Route checked;
    checked.method = Method::post;
    checked.pattern = "/checked";
    checked.handler = [this](Request const& r) {
        ++calls_;
        return answer(std::string(r.body));
    };
    checked.check = [this](Request const& r) {
        ++checks_;
        return check_token(std::string(r.field("Token").value_or("")));
    };
    router_.add(std::move(checked));
    Route late;
    late.pattern = "/late";
    late.handler = [](Request const&) { return answer("late"); };
    late.review = [](Request const&, Reply& reply) { reply.delay = std::chrono::hours{1}; };
    router_.add(std::move(late));
    add(Method::get, "/peer",
        [](Request const& r) { return answer(std::string(r.client_address())); });
    add(Method::get, "/params/{one}/{two}",
        [](Request const& r) { return answer(r.params[0] + "|" + r.params[1]); });
    add(Method::get, "/origin", [](Request const& r) { return answer(r.base_url()); });
    add(Method::get, "/throw", [](Request const&) { return throw_up(); });
    add(Method::get, "/list",
        [](Request const&) { return stream_from(std::make_unique<Numbers>(2500)); });
    add(Method::get, "/short",
        [](Request const&) { return stream_from(std::make_unique<Numbers>(3)); });
    add(Method::get, "/sized",
        [](Request const&) { return stream_from(std::make_unique<Sized>(4)); });
    add(Method::get, "/sized/wrongly",
        [](Request const&) { return stream_from(std::make_unique<Sized>(5)); });
    add(Method::get, "/broken/at-once",
        [](Request const&) { return stream_from(std::make_unique<Broken>(true)); });
    add(Method::get, "/broken/later",
        [](Request const&) { return stream_from(std::make_unique<Broken>(false)); });
    add(Method::get, "/wait", [this](Request const&) { return Waiting::wait(waiting_); });
    add(Method::get, "/large", [](Request const&) { return answer(std::string(1'000'000, 'x')); });
}

Reply StageListener::file_reply(std::vector<FileBody::Piece> pieces) {
    FileBody body;
    body.descriptor = file_;
    body.pieces = std::move(pieces);
    body.on_sent = [this](std::uint64_t bytes, FileBody::Unacknowledged const&) {
        file_bytes_counted_ += bytes;
        largest_piece_ = std::max(largest_piece_.load(), bytes);
    };
    body.on_end = [this](bool complete, FileBody::Unacknowledged const& unacknowledged) {
        std::lock_guard const lock(waiting_->mutex);
        ++files_ended_;
        unacknowledged_at_end_ = unacknowledged();
        files_completed_ += complete ? 1 : 0;
        waiting_->changed.notify_all();
    };
    Reply reply;
    reply.content_type = "application/octet-stream";
    reply.body = std::move(body);
    return reply;
}

void StageListener::add_file_routes() {
    using Pieces = std::vector<FileBody::Piece>;
    auto const from_file = [this](Pieces pieces) -> asio::awaitable<Reply> {
        return [](Reply reply) -> asio::awaitable<Reply> {
            co_return reply;
        }(file_reply(std::move(pieces)));
    };
    auto const whole = file_content_.size();
    add(Method::get, "/file", [=](Request const&) {
        return from_file(Pieces{{.text = "", .offset = 0, .bytes = whole}});
    });
    add(Method::get, "/pieces", [=](Request const&) {
        return from_file(Pieces{{.text = "--one\r\n"},
                                {.text = "", .offset = 26, .bytes = 10},
                                {.text = "--two\r\n"},
                                {.text = "", .offset = 1, .bytes = 3},
                                {.text = "--end"}});
    });
    add(Method::get, "/truncated", [=](Request const&) {
        return from_file(Pieces{{.text = "", .offset = whole - 5, .bytes = 10}});
    });
}

}  // namespace updraft::http
