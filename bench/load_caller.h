// One connection of the load generator, and what it counts.
//
// Lives here: the requests in their turn, sending and reading of one connection, the answers'
// figures.
//
// Not here:   when a request is due, and the output (load.cpp).
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline std::int64_t now_us() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

[[noreturn]] inline void give_up(std::string const& why) {
    std::fprintf(stderr, "bench_load: %s\n", why.c_str());
    std::exit(1);
}

// The requests to send, one after the other.
class Requests {
public:
    Requests(std::vector<std::string> requests, bool once)
        : requests_(std::move(requests)), once_(once) {}

    // The next request; nothing when each was sent and --once was given.
    std::string const* next() {
        if (once_ && sent_ == requests_.size()) return nullptr;
        return &requests_[sent_++ % requests_.size()];
    }
    [[nodiscard]] std::size_t sent() const { return sent_; }
    [[nodiscard]] bool once() const { return once_; }
    // The first tenth of requests that are sent once warms up.
    [[nodiscard]] bool warmed_up() const { return once_ && sent_ >= requests_.size() / 10; }

private:
    std::vector<std::string> requests_;
    bool once_;
    std::size_t sent_ = 0;
};

struct Answers {
    std::map<int, std::int64_t> by_class;
    std::int64_t closed = 0;   // Connections that the server closed instead of an answer.
    std::int64_t refused = 0;  // Answers of the open API whose code is not 0.
    std::vector<std::uint32_t> latency_us;
    std::int64_t bytes = 0;
};

// One connection, with one request in flight at a time.
class Caller {
public:
    Caller(int epoll, sockaddr_in const& to, Requests& requests)
        : epoll_(epoll), to_(to), requests_(requests) {
        connect();
    }
    Caller(Caller const&) = delete;
    Caller& operator=(Caller const&) = delete;
    ~Caller() { ::close(socket_); }

    // False when there is nothing left to send. `due_us`: from when the answer's latency counts.
    bool call(std::int64_t due_us) {
        auto const* const request = requests_.next();
        if (request == nullptr) return false;
        sent_at_ = due_us;
        unsent_ = *request;
        send_rest();
        return true;
    }

    // True when an answer is complete, or will not come because the server closed the connection.
    bool receive(Answers& answers) {
        if (!unsent_.empty()) send_rest();
        std::array<char, 65536> piece;
        while (true) {
            // MSG_TRUNC discards the bytes of a body in the kernel, without copying them.
            bool const skipping = body_left_ > 0;
            auto const wanted =
                skipping ? std::min<std::size_t>(body_left_, 1 << 20) : piece.size();
            auto const got = ::recv(socket_, piece.data(), wanted, skipping ? int{MSG_TRUNC} : 0);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
                ::close(socket_);
                connect();
                return finish_closed(answers);
            }
            if (got < 0) return false;
            answers.bytes += got;
            if (skipping) {
                body_left_ -= static_cast<std::size_t>(got);
                if (body_left_ == 0) return finish(answers, input_.size());
                continue;
            }
            input_.append(piece.data(), static_cast<std::size_t>(got));
            if (complete(answers)) return true;
        }
    }

private:
    void connect() {
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        if (::connect(socket_, reinterpret_cast<sockaddr const*>(&to_), sizeof to_) != 0) {
            give_up(std::string("cannot connect: ") + std::strerror(errno));
        }
        int const yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        ::fcntl(socket_, F_SETFL, O_NONBLOCK);
        waits_to_send_ = false;
        watch(EPOLL_CTL_ADD);
    }

    void watch(int how) {
        epoll_event event{};
        event.events = waits_to_send_ ? EPOLLIN | EPOLLOUT : EPOLLIN;
        event.data.ptr = this;
        ::epoll_ctl(epoll_, how, socket_, &event);
    }

    // Sends what the socket takes now; receive() goes on when it takes more. An error shows there.
    void send_rest() {
        while (!unsent_.empty()) {
            auto const sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
            if (sent < 0) break;
            unsent_.remove_prefix(static_cast<std::size_t>(sent));
        }
        if (unsent_.empty() == !waits_to_send_) return;
        waits_to_send_ = !unsent_.empty();
        watch(EPOLL_CTL_MOD);
    }

    bool finish_closed(Answers& answers) {
        ++answers.closed;
        input_.clear();
        unsent_ = {};
        body_left_ = 0;
        return true;
    }

    bool complete(Answers& answers) {
        auto const head_end = input_.find("\r\n\r\n");
        if (head_end == std::string::npos) return false;
        auto const total = total_bytes(head_end + 4);
        if (!total) return false;
        if (input_.size() < *total) {
            body_left_ = *total - input_.size();
            return false;
        }
        return finish(answers, *total);
    }

    bool finish(Answers& answers, std::size_t bytes) {
        ++answers.by_class[input_[9] - '0'];
        auto const body = input_.find("\r\n\r\n{\"code\":");
        if (body != std::string::npos && input_[body + 12] != '0') ++answers.refused;
        answers.latency_us.push_back(static_cast<std::uint32_t>(now_us() - sent_at_));
        input_.erase(0, bytes);
        return true;
    }

    // The length of head and body. Nothing while the end of a chunked answer has not arrived.
    std::optional<std::size_t> total_bytes(std::size_t head_bytes) const {
        auto const head = std::string_view(input_).substr(0, head_bytes);
        auto const length = head.find("Content-Length: ");
        if (length != std::string_view::npos) {
            return head_bytes + static_cast<std::size_t>(std::atoll(head.data() + length + 16));
        }
        if (head.find("chunked") == std::string_view::npos) give_up("an answer without a length");
        auto const end = input_.find("\r\n0\r\n\r\n", head_bytes - 2);
        if (end == std::string::npos) return std::nullopt;
        return end + 7;
    }

    int epoll_;
    sockaddr_in to_;
    int socket_ = -1;
    Requests& requests_;
    std::string_view unsent_;
    bool waits_to_send_ = false;
    std::int64_t sent_at_ = 0;
    std::string input_;
    std::size_t body_left_ = 0;
};

}  // namespace bench
