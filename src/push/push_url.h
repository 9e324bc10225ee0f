// Checks whether a text can be an app's push URL.
//
// Lives here: the syntax (P15).
//
// Not here:   which addresses may be connected to, which is checked when connecting
//             (webpost/public_address.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace updraft::push {

inline constexpr std::size_t push_url_bytes_max = 2048;

enum class PlainHttp : bool { refused, allowed };

// The URL as it was given, or Errc::invalid with a detail that says what is wrong with pushUrl: an
// absolute https URL (or http, where allowed) in ASCII, with a host, without user info, fragment,
// white space, control characters or backslashes.
[[nodiscard]] Result<std::string> read_push_url(std::string_view text, PlainHttp plain_http);

}  // namespace updraft::push
