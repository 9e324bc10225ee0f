// The head of an answer as text.
//
// Lives here: status line, the fields that every answer has, and how its length is said.
// Not here:   sending it (http/connection). Pure.
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
    until_close,  // For HTTP/1.0, which knows no chunks.
    absent,       // 204, 304 and 1xx have none.
};

struct ReplyFrame {
    Length length = Length::known;
    std::uint64_t bytes = 0;
    std::string_view request_id;
    std::string_view date;  // "Mon, 23 Nov 2026 20:00:00 GMT".
    int minor_version = 1;  // Of the request.
    bool keep_alive = true;
};

// Line breaks and other control characters in fields are dropped, so that no value can start
// another field.
void append_reply_head(std::string& out, Reply const& reply, ReplyFrame const& frame);

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace updraft::http
