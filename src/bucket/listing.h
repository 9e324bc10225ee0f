// The XML answers of a bucket: pages of a list, and errors.
//
// Lives here: reading the answers of ListObjectsV2 and error answers. Pure.
//
// Not here:   sending the requests (bucket/client.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::bucket {

struct Listed {
    std::string key;
    std::int64_t bytes = 0;
    Instant modified;

    bool operator==(Listed const&) const = default;
};

struct Page {
    std::vector<Listed> objects;
    std::string next;  // The token of the next page; empty on the last page.
};
// Errc::unavailable when `xml` is not an answer of ListObjectsV2.
[[nodiscard]] Result<Page> read_page(std::string_view xml);

// The error code of an answer, such as "AccessDenied"; empty when it contains none.
[[nodiscard]] std::string error_code(std::string_view xml);

}  // namespace updraft::bucket
