// One request and its reply, as a route sees them: plain values, no socket.
//
// Lives here: Request, Reply and the kinds of body a reply can have.
// Not here:   reading them from a socket (http/connection), which route gets them (http/router).
#pragma once

#include <boost/asio/awaitable.hpp>
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

// The body of a route that takes it in pieces (an upload).
class BodyReader {
public:
    virtual ~BodyReader() = default;
    // The next bytes, valid until the next call; empty at the end. Errc::invalid when the peer
    // broke off or the framing was wrong, Errc::too_many (408) when no byte moved for
    // transfer_stall.
    virtual asio::awaitable<Result<std::string_view>> next() = 0;
    // Content-Length, where there is one.
    [[nodiscard]] virtual std::optional<std::uint64_t> announced_bytes() const = 0;
};

// Lives, with all that its views point to, until its reply was sent.
struct Request {
    Method method = Method::get;
    std::string_view target;           // As sent: path and query.
    std::string_view path;             // Before '?', not decoded.
    std::string_view query;            // After '?', not decoded.
    std::vector<std::string> params;   // The path's {…} segments, percent-decoded, in order.
    std::span<Field const> fields;     // Header fields in the order sent.
    std::string_view body;             // Whole; empty on a streamed route.
    BodyReader* stream = nullptr;      // Only on a streamed route.
    std::string_view request_id;       // Given or made: G4.
    std::string_view peer_address;     // "192.0.2.1", without the port.
    std::string_view local_authority;  // "127.0.0.1:8080": stands in for a missing Host.
    bool secure = false;               // TLS on this listener.
    bool from_trusted_proxy = false;   // Then X-Forwarded-* may be believed.

    // The first field of that name (case-insensitively), or nothing.
    [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;
    // The value of a query parameter, percent-decoded, or nothing.
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
    // "https://host:port" as the client knows us, from Host or a trusted proxy's X-Forwarded-*.
    [[nodiscard]] std::string origin() const;
};

// A long body made piece by piece, with back-pressure: next() is called when the last piece was
// sent. Sent chunked, unless the first piece is also the last.
class BodySource {
public:
    virtual ~BodySource() = default;
    // Appends the next piece to `out`; true when it was the last. An error cuts the connection.
    virtual asio::awaitable<Result<bool>> next(std::string& out) = 0;
};

// A body made of stretches of a file and of short texts between them (multipart ranges).
struct FileBody {
    struct Piece {
        std::string text;          // Sent as it is, when not empty; else:
        std::uint64_t offset = 0;  // a stretch of the file.
        std::uint64_t bytes = 0;
    };
    int descriptor = -1;
    std::shared_ptr<void const> keeps_open;  // Whatever owns the descriptor.
    std::vector<Piece> pieces;
    // Told, on the I/O thread, how many bytes of stretches were handed to the kernel since the last
    // call; called after every piece of work (at most 1 MiB) and never blocks.
    std::function<void(std::uint64_t bytes)> on_sent;
    // Told once, when the body ended or broke off.
    std::function<void(bool complete)> on_end;
};

struct Reply {
    int status = 200;
    std::string content_type = "application/json; charset=utf-8";
    std::vector<std::pair<std::string, std::string>> fields;  // Extra ones.
    std::variant<std::string, FileBody, std::unique_ptr<BodySource>> body;
    bool close = false;  // Close the connection afterwards.
};

// A HEAD request is given to the GET route; the listener sends the header only.
// Handlers run on the connection's I/O thread and come back to it after every co_await.
using Handler = std::function<asio::awaitable<Reply>(Request const&)>;

}  // namespace updraft::http
