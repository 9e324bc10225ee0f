// What a bucket answers in XML: pages of a list, and what is wrong with a request.
//
// Lives here: reading ListObjectsV2 and errors. Pure.
// Not here:   asking (bucket/client.h).
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
    std::string next;  // The token to go on with; empty: this was the last page.
};
// Errc::unavailable when it is no such list.
[[nodiscard]] Result<Page> read_page(std::string_view xml);

// "AccessDenied", and nothing else of it; empty when the answer does not say.
[[nodiscard]] std::string error_code(std::string_view xml);

}  // namespace updraft::bucket
