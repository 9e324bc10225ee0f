// The body of a streamed route, read from the socket piece by piece.
//
// Lives here: bodies with Content-Length and chunked ones, in constant memory.
//
// Not here:   bodies that are read whole (http/connection.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/connection.h"

namespace updraft::http {

class StreamedBody final : public BodyReader {
public:
    enum class Ending : std::uint8_t { open, complete, gone, late, malformed };

    StreamedBody(Connection& connection, Head const& head);

    asio::awaitable<Result<std::string_view>> next() override;
    [[nodiscard]] std::uint64_t announced_bytes() const override;
    [[nodiscard]] std::string_view trailer_names() const override;
    void set_bytes_max(std::uint64_t bytes) override { bytes_max_ = bytes; }
    asio::awaitable<bool> drop(std::uint64_t bytes_max) override;
    // Drops a body of which nothing was read and which has arrived together with its head.
    void take_arrived();

    [[nodiscard]] Ending ending() const { return ending_; }
    // Number of bytes after the head in the connection's buffer that belonged to this body.
    [[nodiscard]] std::size_t used_of_input() const { return used_of_input_; }
    // Bytes that were read after the end of the body: the beginning of the next request.
    [[nodiscard]] std::string_view beyond() const { return beyond_; }

private:
    // The part of `arrived` that is content. `from_input`: it is in the connection's buffer.
    std::string_view content_of(std::string_view arrived, bool from_input);
    std::string_view decode(std::string_view arrived, bool from_input);

    Connection& connection_;
    std::uint64_t content_length_;  // 0 for a chunked body.
    std::uint64_t remaining_;       // Of content_length_.
    std::uint64_t received_ = 0;    // Bytes of content so far.
    std::uint64_t bytes_max_ = UINT64_MAX;
    bool chunked_;
    bool continue_wanted_;
    bool input_taken_ = false;
    Ending ending_ = Ending::open;
    std::size_t used_of_input_ = 0;
    std::optional<Moment> deadline_;  // Absent: transfer_stall for each piece.
    std::size_t piece_bytes_ = 0;
    std::unique_ptr<char[]> piece_;
    std::string content_;
    std::string beyond_;
};

}  // namespace updraft::http
