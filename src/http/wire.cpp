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
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <utility>
#include <vector>

#include "http/limits.h"

namespace updraft::http {
namespace {

// A wait to write looks this often whether the peer acknowledged bytes, in parts of the stall.
constexpr int looks_per_stall = 4;
constexpr std::uint64_t not_looked = UINT64_MAX;
// While a file is sent it looks at least this often, because the bytes of files are counted.
constexpr std::chrono::milliseconds file_look_pause{1'000};
// Pauses between two looks after the last byte of a file: each one twice the one before.
constexpr std::chrono::milliseconds last_look_first{2};
constexpr std::chrono::milliseconds last_look_max{500};

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
    wait_until(ticker_.in(look_pause()));
    writing_ = true;
    unacknowledged_ = not_looked;  // Most waits are too short for a look.
}

std::chrono::milliseconds Wire::look_pause() const {
    auto const pause = stall_ / looks_per_stall;
    return on_sent_ == nullptr ? pause : std::min(pause, file_look_pause);
}

std::uint64_t Wire::unacknowledged() {
    int bytes = 0;
    bool const known = ::ioctl(socket_.native_handle(), SIOCOUTQ, &bytes) == 0 && bytes > 0;
    return known ? static_cast<std::uint64_t>(bytes) : 0;
}

// False when the peer acknowledged nothing for the stall. Otherwise the wait goes on. During a wait
// the number changes only by acknowledgements, and over TLS also by bytes that found room thereby.
bool Wire::still_moves(Moment now) {
    auto const bytes = unacknowledged();
    if (bytes != unacknowledged_) {
        moved_at_ = now;
        if (on_sent_ != nullptr) (*on_sent_)(0);
    }
    unacknowledged_ = bytes;
    if (now - moved_at_ >= stall_.count()) return false;
    deadline_ = std::min(ticker_.in(look_pause()), moved_at_ + stall_.count());
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
                                      OnSent const& on_sent) {
    on_sent_ = &on_sent;
    bool const sent = tls_ ? co_await send_file_tls(descriptor, offset, bytes, on_sent)
                           : co_await send_file_plain(descriptor, offset, bytes, on_sent);
    on_sent_ = nullptr;
    co_return sent;
}

asio::awaitable<bool> Wire::send_file_plain(int descriptor, std::uint64_t offset,
                                            std::uint64_t bytes, OnSent const& on_sent) {
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
        on_sent(static_cast<std::uint64_t>(sent));
        // Other connections of this thread run before the next piece.
        if (bytes > 0 && static_cast<std::size_t>(sent) == wanted) {
            co_await asio::post(socket_.get_executor(), asio::use_awaitable);
        }
        if (cut_) co_return false;
    }
    co_return !trouble;
}

asio::awaitable<bool> Wire::send_file_tls(int descriptor, std::uint64_t offset, std::uint64_t bytes,
                                          OnSent const& on_sent) {
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
        on_sent(count);
    }
    co_return true;
}

// True when the connection has an error; it is known once.
bool Wire::has_failed() {
    int trouble = 0;
    socklen_t size = sizeof trouble;
    auto const asked = ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &trouble, &size);
    if (asked != 0 || trouble != 0) dead_ = true;
    return dead_;
}

// True when the peer sends something or has ended its side; false after `pause`. The next request
// usually carries the last acknowledgement.
asio::awaitable<bool> Wire::peer_speaks(std::chrono::milliseconds pause) {
    asio::steady_timer timer(socket_.get_executor(), pause);
    auto const waits = std::make_shared<bool>(true);
    timer.async_wait([this, waits](error_code trouble) {
        error_code ignored;
        if (!trouble && *waits) socket_.cancel(ignored);
    });
    auto const [trouble] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, as_result);
    *waits = false;
    co_return !trouble;
}

asio::awaitable<bool> Wire::acknowledged(OnSent const& on_sent) {
    auto left = unacknowledged();
    auto pause = last_look_first;
    bool speaks = false;
    moved_at_ = ticker_.now();
    while (left > 0 && !cut_ && !has_failed()) {
        if (speaks) {
            asio::steady_timer timer(socket_.get_executor(), pause);
            co_await timer.async_wait(as_result);
        } else {
            speaks = co_await peer_speaks(pause);
        }
        pause = std::min(pause * 2, last_look_max);
        auto const before = std::exchange(left, unacknowledged());
        if (before != left) {
            moved_at_ = ticker_.now();
            on_sent(0);
        } else if (ticker_.now() - moved_at_ >= stall_.count()) {
            give_up();
        }
    }
    co_return !dead_ && !cut_;
}

asio::awaitable<void> Wire::linger() {
    if (dead_ || cut_) co_return;
    auto const deadline = ticker_.in(linger_max);
    if (tls_) {
        wait_until(deadline);
        auto const [trouble] = co_await tls_->async_shutdown(as_result);
        deadline_ = never;
        if (!trouble || expired_) co_return;
        // The peer was still sending: its records are dropped like the bytes of a plain connection.
    }
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    std::uint64_t dropped = 0;
    while (dropped < linger_bytes_max && !cut_) {
        wait_until(deadline);
        if (deadline < ticker_.now()) break;
        auto const into = asio::buffer(rubbish);
        auto const [trouble, count] = co_await socket_.async_read_some(into, as_result);
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
