// The types of an HTTP method and a header field.
//
// Lives here: what framing and routes both use; no Asio is needed.
//
// Not here:   a request and its reply (http/exchange.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "vocabulary/enum_words.h"

namespace updraft::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

// The names of methods in requests and in the log, in the order of Method.
inline constexpr EnumWords<8> method_words{"GET",   "HEAD",   "POST",    "PUT",
                                           "PATCH", "DELETE", "OPTIONS", "other"};

[[nodiscard]] constexpr std::string_view word(Method method) {
    return word_in(method_words, method);
}

struct Field {
    std::string_view name;
    std::string_view value;
};

}  // namespace updraft::http
