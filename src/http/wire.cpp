#include "http/wire.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <vector>

#include "http/limits.h"

namespace updraft::http {
namespace {

// A wait to write looks this often whether the peer acknowledged bytes, in parts of the stall.
constexpr int looks_per_stall = 4;
constexpr int not_looked = -1;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// For bytes that are dropped. All connections of the thread read into it at the same time.
thread_local std::array<char, read_piece_bytes> rubbish;

iovec stretch(std::string_view text) {
    // The cast is needed because iovec has no const; the kernel only reads.
    return {const_cast<char*>(text.data()), text.size()};
}

}  // namespace

Wire::Wire(asio::ip::tcp::socket socket, TlsContext tls, Ticker const& ticker,
           std::chrono::milliseconds stall)
    : socket_(std::move(socket)), context_(std::move(tls)), ticker_(ticker), stall_(stall) {
    if (context_) tls_ = std::make_unique<Stream>(socket_, *context_);
}

Wire::~Wire() = default;

void Wire::wait_until(Moment deadline) {
    deadline_ = deadline;
    expired_ = false;
    writing_ = false;
}

void Wire::wait_to_write() {
    wait_until(ticker_.in(stall_ / looks_per_stall));
    writing_ = true;
    unacknowledged_ = not_looked;  // Most waits are too short for a look.
}

// Bytes in the send buffer that the peer has not acknowledged.
int Wire::unacknowledged() {
    int bytes = 0;
    return ::ioctl(socket_.native_handle(), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

// False when the peer acknowledged nothing for the stall. Otherwise the wait goes on. During a wait
// the number changes only by acknowledgements, and over TLS also by bytes that found room thereby.
bool Wire::still_moves(Moment now) {
    auto const bytes = unacknowledged();
    if (bytes != unacknowledged_) moved_at_ = now;
    unacknowledged_ = bytes;
    if (now - moved_at_ >= stall_.count()) return false;
    deadline_ = std::min(ticker_.in(stall_ / looks_per_stall), moved_at_ + stall_.count());
    return true;
}

asio::awaitable<Wire::Read> Wire::too_late() {
    expired_ = true;
    co_return Read{asio::error::operation_aborted, 0};
}

asio::awaitable<bool> Wire::shake_hands(Moment deadline) {
    if (!tls_) co_return true;
    wait_until(deadline);
    auto const [trouble] = co_await tls_->async_handshake(Stream::server, as_result);
    deadline_ = never;
    co_return !trouble && !cut_;
}

// A peer that always has one more byte ready is never met waiting by the sweep: so the deadline
// counts before each read as well.
asio::awaitable<Wire::Read> Wire::read_some(char* into, std::size_t bytes, Moment deadline) {
    wait_until(deadline);
    if (deadline < ticker_.now()) return too_late();
    auto const buffer = asio::buffer(into, bytes);
    if (tls_) return tls_->async_read_some(buffer, as_result);
    return socket_.async_read_some(buffer, as_result);
}

// Mostly there is only one text; send() costs less than sendmsg() with a list.
ssize_t Wire::offer(std::string_view first, std::string_view second) {
    constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    if (second.empty()) {
        return ::send(socket_.native_handle(), first.data(), first.size(), flags);
    }
    std::array<iovec, 2> parts = {stretch(first), stretch(second)};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    return ::sendmsg(socket_.native_handle(), &message, flags);
}

// Removes from both texts the bytes that the kernel accepted.
Wire::Sent Wire::send_now(std::string_view& first, std::string_view& second) {
    while (!first.empty() || !second.empty()) {
        auto const sent = offer(first, second);
        if (sent < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::later : Sent::dead;
        }
        auto const count = static_cast<std::size_t>(sent);
        auto const of_first = std::min(count, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(count - of_first);
    }
    return Sent::all;
}

std::string_view Wire::write_at_once(std::string_view bytes) {
    if (tls_ || dead_) return bytes;
    std::string_view nothing;
    if (send_now(bytes, nothing) == Sent::dead) dead_ = true;
    return bytes;
}

asio::awaitable<bool> Wire::writable() {
    wait_to_write();
    auto const [trouble] =
        co_await socket_.async_wait(asio::ip::tcp::socket::wait_write, as_result);
    deadline_ = never;
    co_return !trouble && !cut_;
}

asio::awaitable<bool> Wire::write(std::string_view first, std::string_view second) {
    if (dead_ || cut_) co_return false;
    if (tls_) {
        if (!co_await write_tls(first)) co_return false;
        co_return co_await write_tls(second);
    }
    while (true) {
        // A named value: g++ 12 makes a wrong coroutine frame for a temporary in the condition.
        auto const sent = send_now(first, second);
        if (sent == Sent::all) co_return true;
        if (sent == Sent::dead) {
            dead_ = true;
            co_return false;
        }
        if (!co_await writable()) co_return false;
    }
}

asio::awaitable<bool> Wire::write_tls(std::string_view bytes) {
    while (!bytes.empty()) {
        wait_to_write();
        auto const piece = asio::buffer(bytes.data(), std::min(bytes.size(), tls_piece_bytes));
        auto const [trouble, written] = co_await tls_->async_write_some(piece, as_result);
        deadline_ = never;
        if (trouble || cut_) co_return false;
        bytes.remove_prefix(written);
    }
    co_return true;
}

asio::awaitable<bool> Wire::send_file(int descriptor, std::uint64_t offset, std::uint64_t bytes,
                                      std::function<void(std::uint64_t)> const& on_sent) {
    if (tls_) co_return co_await send_file_tls(descriptor, offset, bytes, on_sent);
    // Otherwise sendfile() would block, and all connections of this thread would wait.
    error_code trouble;
    if (!socket_.native_non_blocking()) socket_.native_non_blocking(true, trouble);
    auto at = static_cast<off_t>(offset);
    while (bytes > 0 && !trouble) {
        auto const wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(bytes, sendfile_piece_bytes));
        auto const sent = ::sendfile(socket_.native_handle(), descriptor, &at, wanted);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!co_await writable()) co_return false;
            continue;
        }
        // 0: the file is shorter than expected.
        if (sent <= 0) co_return false;
        bytes -= static_cast<std::uint64_t>(sent);
        if (on_sent) on_sent(static_cast<std::uint64_t>(sent));
        // Other connections of this thread run before the next piece.
        if (bytes > 0 && static_cast<std::size_t>(sent) == wanted) {
            co_await asio::post(socket_.get_executor(), asio::use_awaitable);
        }
        if (cut_) co_return false;
    }
    co_return !trouble;
}

asio::awaitable<bool> Wire::send_file_tls(int descriptor, std::uint64_t offset, std::uint64_t bytes,
                                          std::function<void(std::uint64_t)> const& on_sent) {
    std::vector<char> piece(std::min<std::uint64_t>(bytes, tls_piece_bytes));
    while (bytes > 0) {
        auto const wanted = std::min<std::uint64_t>(bytes, piece.size());
        auto const got = ::pread(descriptor, piece.data(), static_cast<std::size_t>(wanted),
                                 static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) co_return false;
        auto const count = static_cast<std::size_t>(got);
        std::string_view const text(piece.data(), count);
        if (!co_await write_tls(text)) co_return false;
        offset += count;
        bytes -= count;
        if (on_sent) on_sent(count);
    }
    co_return true;
}

asio::awaitable<void> Wire::linger() {
    if (dead_ || cut_) co_return;
    auto const deadline = ticker_.in(linger_max);
    if (tls_) {
        wait_until(deadline);
        co_await tls_->async_shutdown(as_result);
        deadline_ = never;
        co_return;
    }
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    std::uint64_t dropped = 0;
    while (dropped < linger_bytes_max && !cut_) {
        auto const [trouble, count] = co_await read_some(rubbish.data(), rubbish.size(), deadline);
        if (trouble) break;
        dropped += count;
    }
    deadline_ = never;
}

// What the peer does not take must not stay in the kernel after the connection has ended: closing
// resets it. Not by Asio's option: its destructor would turn it off again.
void Wire::give_up() {
    dead_ = true;
    ::linger const at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

// Cancelling does nothing when bytes have just arrived, and over TLS the wait for a whole record
// then goes on: such a wait is cut by the next sweep.
void Wire::expire(Moment now) {
    if (deadline_ > now) return;
    if (writing_ && still_moves(now)) return;
    if (expired_) return cut();
    expired_ = true;
    if (writing_) give_up();
    error_code ignored;
    socket_.cancel(ignored);
}

void Wire::cut() {
    cut_ = true;
    deadline_ = never;
    error_code ignored;
    socket_.cancel(ignored);
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
}

}  // namespace updraft::http
