// The bytes of one connection, plain or TLS, with a deadline on every wait.
//
// Lives here: reading, writing, sending files, and closing so that the last answer arrives.
// Not here:   what the bytes mean (http/connection). Used by one I/O thread.
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

class Wire {
public:
    using Read = std::tuple<error_code, std::size_t>;
    using TlsContext = std::shared_ptr<asio::ssl::context>;

    // `tls` null: plain. No byte moved for `stall` while writing ends the connection.
    Wire(asio::ip::tcp::socket socket, TlsContext tls, Ticker const& ticker,
         std::chrono::milliseconds stall);
    ~Wire();
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;

    // False when it failed; at once true without TLS.
    asio::awaitable<bool> shake_hands(Moment deadline);

    // What arrives next, until `deadline`; then the error is set and expired() is true. Call
    // settle() when done with reading.
    asio::awaitable<Read> read_some(char* into, std::size_t bytes, Moment deadline);

    // Writes without waiting: what could not be written yet. Nothing of it over TLS.
    [[nodiscard]] std::string_view write_at_once(std::string_view bytes);
    // Both texts, one after the other, in as few segments as possible. False: the peer is gone or
    // too slow.
    asio::awaitable<bool> write(std::string_view first, std::string_view second = {});
    // A stretch of a file. `on_sent` is told how many bytes the kernel took.
    asio::awaitable<bool> send_file(int descriptor, std::uint64_t offset, std::uint64_t bytes,
                                    std::function<void(std::uint64_t)> const& on_sent);

    // Ends the sending side and throws away what still arrives for a while, so that the answer is
    // not lost to a reset.
    asio::awaitable<void> linger();

    // Nothing waits now: no deadline.
    void settle() { deadline_ = never; }
    // For the sweep: ends the wait under way when its deadline has passed.
    void expire(Moment now);
    [[nodiscard]] bool expired() const { return expired_; }
    // Ends whatever waits, for good.
    void cut();
    [[nodiscard]] bool is_cut() const { return cut_; }
    [[nodiscard]] bool secure() const { return tls_ != nullptr; }

private:
    enum class Sent : std::uint8_t { all, later, dead };
    using Stream = asio::ssl::stream<asio::ip::tcp::socket&>;

    ssize_t offer(std::string_view first, std::string_view second);
    Sent send_now(std::string_view& first, std::string_view& second);
    asio::awaitable<bool> writable();
    asio::awaitable<bool> write_tls(std::string_view bytes);
    asio::awaitable<bool> send_file_tls(int descriptor, std::uint64_t offset, std::uint64_t bytes,
                                        std::function<void(std::uint64_t)> const& on_sent);
    void wait_until(Moment deadline);

    asio::ip::tcp::socket socket_;
    TlsContext context_;  // Outlives tls_.
    std::unique_ptr<Stream> tls_;
    Ticker const& ticker_;
    std::chrono::milliseconds stall_;
    Moment deadline_ = never;
    bool expired_ = false;
    bool cut_ = false;
    bool dead_ = false;
};

}  // namespace updraft::http
