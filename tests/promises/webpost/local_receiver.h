// A server for one test, which answers each connection with the bytes that the test provides.
//
// Lives here: accepting on a free port of a loopback address, reading a request, sending bytes.
//
// Not here:   HTTP: the tests write the exact bytes of the answers.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace updraft::webpost {

class LocalReceiver {
public:
    // Called with each complete request. Its result is sent; when it is empty, nothing is sent and
    // the connection is closed.
    using Answer = std::function<std::string(std::string const& request)>;

    explicit LocalReceiver(Answer answer, char const* at = "127.0.0.1", std::uint16_t port = 0)
        : answer_(std::move(answer)) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = inet_addr(at);
        address.sin_port = htons(port);
        socklen_t size = sizeof address;
        auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
        if (bind(listener_, generic, size) != 0 || listen(listener_, 128) != 0) {
            throw std::runtime_error("no port");
        }
        getsockname(listener_, generic, &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { accept_all(); });
    }
    ~LocalReceiver() {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        {
            std::scoped_lock const lock(mutex_);
            for (int const link : links_) shutdown(link, SHUT_RDWR);
        }
        for (auto& thread : serving_) thread.join();
        close(listener_);
    }
    LocalReceiver(LocalReceiver const&) = delete;
    LocalReceiver& operator=(LocalReceiver const&) = delete;

    [[nodiscard]] std::string url(std::string const& host = "127.0.0.1") const {
        return "http://" + host + ":" + std::to_string(port_) + "/p?q=1";
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t connections() const {
        std::scoped_lock const lock(mutex_);
        return links_.size();
    }
    [[nodiscard]] std::vector<std::string> requests() const {
        std::scoped_lock const lock(mutex_);
        return requests_;
    }

private:
    void accept_all() {
        for (;;) {
            int const link = accept(listener_, nullptr, nullptr);
            if (link < 0) return;
            std::scoped_lock const lock(mutex_);
            links_.push_back(link);
            serving_.emplace_back([this, link] { serve(link); });
        }
    }
    void serve(int link) {
        std::string buffer;
        for (;;) {
            auto const head = buffer.find("\r\n\r\n");
            auto const at = buffer.find("Content-Length: ");
            if (head != std::string::npos && at != std::string::npos) {
                auto const length = std::stoul(buffer.substr(at + 16));
                if (buffer.size() >= head + 4 + length) {
                    auto const request = buffer.substr(0, head + 4 + length);
                    buffer.erase(0, request.size());
                    {
                        std::scoped_lock const lock(mutex_);
                        requests_.push_back(request);
                    }
                    auto const answer = answer_(request);
                    if (answer.empty() ||
                        send(link, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) {
                        break;
                    }
                    continue;
                }
            }
            std::array<char, 4096> piece{};
            auto const got = recv(link, piece.data(), piece.size(), 0);
            if (got <= 0) break;
            buffer.append(piece.data(), static_cast<std::size_t>(got));
        }
        shutdown(link, SHUT_RDWR);
    }

    Answer answer_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::vector<int> links_;
    std::vector<std::string> requests_;
    std::vector<std::thread> serving_;
    std::thread thread_;
};

}  // namespace updraft::webpost
