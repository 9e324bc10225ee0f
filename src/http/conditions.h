// Conditional requests for a file (RFC 9110, section 13). Pure.
//
// Lives here: validators, If-Match, If-None-Match, If-Range, and Content-Disposition.
//
// Not here:   ranges (http/ranges.h), what a file's validators are (channel/send_artifact.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.h"

namespace updraft::http {

struct Validators {
    std::string etag;           // Strong, with its quotes, without commas.
    std::string last_modified;  // "Mon, 23 Nov 2026 12:00:00 GMT", or empty.
};

// The status to answer instead of the file: 412 when If-Match fails, 304 when If-None-Match fails;
// nothing when the file may be sent.
[[nodiscard]] std::optional<int> unmet_condition(Request const& request,
                                                 Validators const& validators);

// True when the list of an If-Match field names `etag`, or is "*".
[[nodiscard]] bool if_match_names(std::string_view list, std::string_view etag);

// The Range header; nothing when it is missing, or when If-Range names another version of the file.
[[nodiscard]] std::optional<std::string_view> wanted_range(Request const& request,
                                                           Validators const& validators);

// The value of Content-Disposition for a file of that name (RFC 6266).
[[nodiscard]] std::string disposition(std::string_view file_name);

}  // namespace updraft::http
