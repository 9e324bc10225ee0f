// Writes the head of a reply as text. Pure.
//
// Lives here: the status line, the fields that every reply has (also those against misuse by
//             browsers), and how the body's length is given.
//
// Not here:   sending it (http/connection.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.h"

namespace updraft::http {

enum class Length : std::uint8_t {
    known,        // Content-Length.
    chunked,      // Transfer-Encoding: chunked.
    until_close,  // The body ends with the connection: for HTTP/1.0, which has no chunks.
    absent,       // No body: 204, 304 and 1xx.
};

struct ReplyFrame {
    Length length = Length::known;
    std::uint64_t bytes = 0;
    std::string_view request_id;
    std::string_view date;  // "Mon, 23 Nov 2026 20:00:00 GMT".
    int minor_version = 1;  // Of the request.
    bool keep_alive = true;
    bool secure = false;  // The connection uses TLS.
};

// Appends the head to `out`. Control characters in fields are dropped, so that no value can begin
// another field.
void append_reply_head(std::string& out, Reply const& reply, ReplyFrame const& frame);

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace updraft::http
