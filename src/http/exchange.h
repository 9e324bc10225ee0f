// A request and its reply as values, as routes use them.
//
// Lives here: Request, Reply and the kinds of body that a reply can have.
//
// Not here:   reading and sending them (http/connection.h), which route gets a request
//             (http/router.h).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/words.h"
#include "vocabulary/result.h"

namespace updraft::http {

namespace asio = boost::asio;

class Networks;

// Reads the body of a streamed route (an upload) piece by piece.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    // The next bytes, valid until the next call; empty at the end. Errc::invalid when the peer
    // closed the connection or the framing was wrong, Errc::too_many (answered 408) when no byte
    // arrived for transfer_stall, Errc::too_large instead of waiting for a body that is larger than
    // its limit.
    virtual asio::awaitable<Result<std::string_view>> next() = 0;
    // The bytes that the body has at least: the Content-Length (0 when the request has no body), or
    // the end of the current chunk.
    [[nodiscard]] virtual std::uint64_t announced_bytes() const = 0;
    // The names of the fields behind a chunked body that has ended, each after a '\n'.
    [[nodiscard]] virtual std::string_view trailer_names() const = 0;
    // Sets the limit of the whole body; at first there is none.
    virtual void set_bytes_max(std::uint64_t bytes) = 0;
    // Reads and drops what is left of the body, for at most body_timeout in all. True when it has
    // ended. Stops without waiting when more than `bytes_max` bytes are left.
    virtual asio::awaitable<bool> drop(std::uint64_t bytes_max) = 0;
};

// Valid, with everything that its views point to, until its reply is sent.
struct Request {
    Method method = Method::get;
    std::string_view target;           // As sent: path and query.
    std::string_view path;             // Before '?', not decoded.
    std::string_view query;            // After '?', not decoded.
    std::vector<std::string> params;   // The path's {…} segments, percent-decoded, in order.
    std::span<Field const> fields;     // Header fields in the order sent.
    std::string_view body;             // The whole body; empty on a streamed route.
    BodyReader* stream = nullptr;      // Null except on a streamed route.
    std::string_view request_id;       // From X-Request-Id if it is valid, otherwise generated.
    std::string_view peer_address;     // Of the connection: "192.0.2.1", without the port.
    std::string_view local_authority;  // "127.0.0.1:8080": used when Host is missing.
    bool secure = false;               // True when this listener uses TLS.
    bool from_trusted_proxy = false;   // True: X-Forwarded-* is used.
    Networks const* trusted_proxies = nullptr;  // Null unless from_trusted_proxy.
    // The Content-Length (0 when there is no body); nothing for a chunked body.
    std::optional<std::uint64_t> announced_bytes;
    bool head_checked = false;  // True: the route's check saw this request before its body arrived.

    // The value of the first field of that name (case-insensitive), or nothing.
    [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;
    // The value of a query parameter, percent-decoded, or nothing.
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
    // The peer's address, or that of the client as trusted proxies name it.
    [[nodiscard]] std::string_view client_address() const;
    // "https://host:port/prefix" as the client knows us, from Host or a trusted proxy's
    // X-Forwarded-Proto, -Host, -Port and -Prefix. Does not end in '/'.
    [[nodiscard]] std::string base_url() const;
};

// A long body that is made piece by piece: next() is called when the previous piece was sent.
// Sent with Content-Length when the first piece is also the last or bytes() is known, otherwise
// chunked (to HTTP/1.0: until the connection closes).
class BodySource {
public:
    virtual ~BodySource() = default;
    // Appends the next piece to `out`; true when it was the last. An error of the first piece is
    // answered as an error; a later one closes the connection in the middle of the body.
    virtual asio::awaitable<Result<bool>> next(std::string& out) = 0;
    // The bytes of all pieces, when they are known before the first one is made. The connection is
    // closed in the middle of a body that has another size.
    [[nodiscard]] virtual std::optional<std::uint64_t> bytes() const { return std::nullopt; }
};

// A body that consists of stretches of a file and short texts between them (multipart ranges).
struct FileBody {
    struct Piece {
        std::string text;          // Sent as it is, when not empty; else:
        std::uint64_t offset = 0;  // a stretch of the file.
        std::uint64_t bytes = 0;
    };
    int descriptor = -1;
    std::shared_ptr<void const> keeps_open;  // Owns the descriptor.
    std::vector<Piece> pieces;
    // Asks the kernel for the bytes that the peer has not acknowledged yet: at least the file's.
    using Unacknowledged = std::function<std::uint64_t()>;
    // Called on the I/O thread with the number of file bytes that were given to the kernel since
    // the last call, at least once for each 1 MiB, and with 0 while only acknowledgements move,
    // about once a second. Must not block.
    std::function<void(std::uint64_t bytes, Unacknowledged const&)> on_sent;
    // Called exactly once, on the I/O thread: `complete` is true when all pieces were sent and
    // acknowledged.
    std::function<void(bool complete, Unacknowledged const&)> on_end;
};

struct Reply {
    int status = 200;
    // A fixed text; empty: none. One that is made for the reply is put into `fields`.
    std::string_view content_type = "application/json; charset=utf-8";
    std::vector<std::pair<std::string, std::string>> fields;  // Further header fields.
    std::variant<std::string, FileBody, std::unique_ptr<BodySource>> body;
    bool close = false;  // True: the connection is closed after this reply.
    // False: Cache-Control: no-store is sent. True for what holds no secret and no data of a
    // person: artifacts and fixed documents.
    bool may_be_stored = false;
    // The reply is sent after this time, and the next request of the connection is read after it.
    // When answers_waiting_max replies wait already, the connection is closed without a reply.
    std::chrono::milliseconds delay{0};
};

// A handler gets a HEAD request like a GET, and only the head of its reply is sent. It runs on the
// connection's I/O thread and must not block; after each co_await it continues on that thread.
using Handler = std::function<asio::awaitable<Reply>(Request const&)>;

// Looks at a request whose body has not arrived; `body` and `stream` are empty. A reply refuses the
// request: the body is not read, and the connection is closed after the reply. Runs like a Handler.
using HeadCheck = std::function<asio::awaitable<std::optional<Reply>>(Request const&)>;
// Sees each reply of a handler or a HeadCheck before it is sent, and may change it. Must not block.
using Review = std::function<void(Request const&, Reply&)>;

}  // namespace updraft::http
