#include "raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "vocabulary/ascii.h"

namespace updraft::http {
namespace {

constexpr int wait_ms_max = 40'000;

}  // namespace

std::string RawAnswer::field(std::string const& name) const {
    std::size_t at = 0;
    while ((at = head.find("\r\n", at)) != std::string::npos) {
        at += 2;
        auto const line = std::string_view(head).substr(at, head.find("\r\n", at) - at);
        auto const colon = line.find(':');
        if (colon == std::string_view::npos || !same_name(line.substr(0, colon), name)) continue;
        return std::string(trimmed(line.substr(colon + 1)));
    }
    return {};
}

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer_bytes > 0) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                     sizeof receive_buffer_bytes);
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0) {
        throw std::runtime_error("cannot connect");
    }
}

RawClient::~RawClient() {
    if (socket_ >= 0) ::close(socket_);
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawClient::end_sending() { ::shutdown(socket_, SHUT_WR); }

void RawClient::abort() {
    linger const at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket_);
    socket_ = -1;
}

bool RawClient::receive() {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, wait_ms_max) != 1) throw std::runtime_error("nothing came in time");
    std::array<char, 65536> piece;
    auto const got = ::recv(socket_, piece.data(), piece.size(), 0);
    if (got <= 0) return false;
    input_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
}

bool RawClient::have_until(std::string_view mark) {
    while (input_.find(mark) == std::string::npos) {
        if (!receive()) return false;
    }
    return true;
}

std::string RawClient::read_bytes(std::size_t bytes) {
    while (input_.size() < bytes && receive()) {
    }
    auto const count = std::min(bytes, input_.size());
    auto const read = input_.substr(0, count);
    input_.erase(0, count);
    return read;
}

std::optional<RawAnswer> RawClient::read_answer(bool to_head) {
    RawAnswer answer;
    if (!have_until("\r\n\r\n")) return std::nullopt;
    auto const end = input_.find("\r\n\r\n");
    answer.head = input_.substr(0, end);
    input_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.c_str() + 9);
    if (to_head || answer.status < 200 || answer.status == 204) return answer;
    if (auto const length = answer.field("Content-Length"); !length.empty()) {
        auto const wanted = static_cast<std::size_t>(std::atoll(length.c_str()));
        answer.body = read_bytes(wanted);
        if (answer.body.size() < wanted) return std::nullopt;
        return answer;
    }
    if (answer.field("Transfer-Encoding") != "chunked") {
        while (receive()) {
        }
        answer.body = std::exchange(input_, {});
        return answer;
    }
    while (true) {
        if (!have_until("\r\n")) return std::nullopt;
        auto const size = std::strtoull(input_.c_str(), nullptr, 16);
        input_.erase(0, input_.find("\r\n") + 2);
        auto const chunk = read_bytes(size + 2);
        if (chunk.size() < size + 2) return std::nullopt;
        answer.body.append(chunk, 0, size);
        if (size == 0) return answer;
    }
}

bool RawClient::closed() {
    if (!input_.empty()) return false;
    return !receive();
}

}  // namespace updraft::http
