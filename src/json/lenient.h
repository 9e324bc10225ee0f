// Reads JSON that devices send, also when the texts in it are not encoded correctly.
//
// Lives here: what is mended before the strict reader reads it.
//
// Not here:   strict reading, for apps and operators (json/reader.h); cleaning a text before it is
//             stored or shown (text/clean_text.h).
#pragma once

#include <string>
#include <string_view>

#include "json/reader.h"

namespace updraft::json {

// As read_object(), but takes these faults of texts:
// - a byte order mark and U+0000 before and behind the JSON text are dropped;
// - in a string, a control character that is not escaped stands for itself;
// - in a string, a byte that is not UTF-8, and an escaped surrogate without its other half, become
//   U+FFFD;
// - in a string, a backslash that begins no escape of JSON stands for itself.
// All strings of the answer are valid UTF-8; they may contain control characters, U+0000 included.
// A text without these faults is read once, without a copy.
[[nodiscard]] Result<Object> read_object_leniently(std::string_view text);

}  // namespace updraft::json
