// Reads and writes the bytes of one connection, plain or TLS, with a deadline for each wait.
//
// Lives here: reading, writing, sending files, and closing without losing the last answer.
//
// Not here:   what the bytes mean (http/connection.h).
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <tuple>

#include "http/ticker.h"

namespace updraft::http {

namespace asio = boost::asio;
using boost::system::error_code;

// Used by one I/O thread.
class Wire {
public:
    using Read = std::tuple<error_code, std::size_t>;
    using TlsContext = std::shared_ptr<asio::ssl::context>;

    // `tls` null: plain TCP. A write fails when the peer acknowledged no byte for `stall`, noticed
    // at most half of it later. What counts is TCP's acknowledgement, not that the socket can be
    // written again: that is signalled only when a third of a buffer of up to 4 MB is free.
    Wire(asio::ip::tcp::socket socket, TlsContext tls, Ticker const& ticker,
         std::chrono::milliseconds stall);
    ~Wire();
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;

    // The TLS handshake. False when it failed; without TLS true, without waiting.
    asio::awaitable<bool> shake_hands(Moment deadline);

    // Reads what arrives next. When `deadline` passes first, the error is set and expired() is
    // true. Call settle() afterwards.
    asio::awaitable<Read> read_some(char* into, std::size_t bytes, Moment deadline);

    // Writes without waiting, and returns the rest that could not be written: over TLS, all of it.
    [[nodiscard]] std::string_view write_at_once(std::string_view bytes);
    // Writes both texts, one after the other, in as few segments as possible. False when the peer
    // has closed the connection or is too slow.
    asio::awaitable<bool> write(std::string_view first, std::string_view second = {});
    // Gets the number of bytes that the kernel took, or 0 when the peer acknowledged bytes
    // meanwhile.
    using OnSent = std::function<void(std::uint64_t)>;
    // Sends a stretch of a file. `on_sent` is called after each piece, and about once a second
    // while the peer acknowledges bytes and there is no room for the next piece.
    asio::awaitable<bool> send_file(int descriptor, std::uint64_t offset, std::uint64_t bytes,
                                    OnSent const& on_sent);
    // Waits until the peer has acknowledged all bytes; meanwhile `on_sent` is called as above.
    // False when the connection ended before that, or when it acknowledged nothing for the stall.
    asio::awaitable<bool> acknowledged(OnSent const& on_sent);
    // Bytes in the send buffer that the peer has not acknowledged, over TLS the encrypted ones.
    // Asks the kernel; also after the connection was reset.
    [[nodiscard]] std::uint64_t unacknowledged();

    // Ends the sending side, then reads and drops what still arrives, for at most linger_max and
    // linger_bytes_max: otherwise a TCP reset could destroy the answer. Over TLS: sends
    // close_notify.
    asio::awaitable<void> linger();

    // Removes the deadline after a read.
    void settle() { deadline_ = never; }
    // Called by the sweep: ends the current wait when its deadline has passed.
    void expire(Moment now);
    [[nodiscard]] bool expired() const { return expired_; }
    // Closes the connection: the current wait and all later ones fail.
    void cut();
    [[nodiscard]] bool is_cut() const { return cut_; }
    [[nodiscard]] bool secure() const { return tls_ != nullptr; }

private:
    enum class Sent : std::uint8_t { all, later, dead };
    using Stream = asio::ssl::stream<asio::ip::tcp::socket&>;

    ssize_t offer(std::string_view first, std::string_view second);
    Sent send_now(std::string_view& first, std::string_view& second);
    asio::awaitable<Read> too_late();
    asio::awaitable<bool> writable();
    void wait_to_write();
    [[nodiscard]] bool still_moves(Moment now);
    [[nodiscard]] std::chrono::milliseconds look_pause() const;
    asio::awaitable<bool> peer_speaks(std::chrono::milliseconds pause);
    [[nodiscard]] bool has_failed();
    asio::awaitable<bool> send_file_plain(int descriptor, std::uint64_t offset, std::uint64_t bytes,
                                          OnSent const& on_sent);
    asio::awaitable<bool> write_tls(std::string_view bytes);
    asio::awaitable<bool> send_file_tls(int descriptor, std::uint64_t offset, std::uint64_t bytes,
                                        OnSent const& on_sent);
    void wait_until(Moment deadline);
    void give_up();

    asio::ip::tcp::socket socket_;
    TlsContext context_;  // Outlives tls_.
    std::unique_ptr<Stream> tls_;
    Ticker const& ticker_;
    std::chrono::milliseconds stall_;
    Moment deadline_ = never;
    // Of a wait to write: the last look at which the peer had acknowledged something, and the bytes
    // that it had not acknowledged then.
    bool writing_ = false;
    Moment moved_at_ = 0;
    std::uint64_t unacknowledged_ = 0;  // not_looked: before the first look.
    OnSent const* on_sent_ = nullptr;   // Of the file that is being sent.
    bool expired_ = false;
    bool cut_ = false;
    bool dead_ = false;
};

}  // namespace updraft::http
