// The smallest words of HTTP: a method and a header field.
//
// Lives here: what framing and routes both speak of, with nothing of coroutines.
// Not here:   a request and its reply (http/exchange).
#pragma once

#include <cstdint>
#include <string_view>

namespace updraft::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

struct Field {
    std::string_view name;
    std::string_view value;
};

}  // namespace updraft::http
