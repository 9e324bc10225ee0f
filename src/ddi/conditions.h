// Conditional requests for an artifact (RFC 9110, section 13): which copy does the client mean?
//
// Lives here: validators, If-Match, If-None-Match, If-Range, and the name that a file is saved
// under. Not here:   ranges (ddi/ranges.h), sending (ddi/download.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/artifact.h"
#include "http/exchange.h"
#include "vocabulary/instant.h"

namespace updraft::ddi {

struct Validators {
    std::string etag;           // Strong, with its quotes: the SHA-256.
    std::string last_modified;  // "Mon, 23 Nov 2026 12:00:00 GMT", or empty.
};
[[nodiscard]] Validators validators_of(firmware::Artifact const& artifact,
                                       std::optional<Instant> changed_at);

// The status that ends it here: 412 for If-Match, 304 for If-None-Match; nothing: go on.
[[nodiscard]] std::optional<int> unmet_condition(http::Request const& request,
                                                 Validators const& validators);

// The Range header, if there is one and If-Range, if there is one, means this copy.
[[nodiscard]] std::optional<std::string_view> wanted_range(http::Request const& request,
                                                           Validators const& validators);

// The value of Content-Disposition for a file of that name (RFC 6266).
[[nodiscard]] std::string disposition(std::string_view file_name);

// "Mon, 23 Nov 2026 12:00:00 GMT".
[[nodiscard]] std::string http_date(Instant at);

}  // namespace updraft::ddi
