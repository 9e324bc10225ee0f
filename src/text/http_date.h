// Dates in HTTP header fields (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
//
// Lives here: writing a date, and reading this form, which is the only one that senders may use
//             today.
//
// Not here:   other written forms of a time (vocabulary/instant.h).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::text {

// For years from 0 to 9999.
[[nodiscard]] std::string http_date(std::chrono::sys_seconds at);

// Nothing for any other form. The day of the week is not compared with the date. Second 60 counts
// as second 0 of the next minute.
[[nodiscard]] std::optional<std::chrono::sys_seconds> read_http_date(std::string_view text);

}  // namespace updraft::text
