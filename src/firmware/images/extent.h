// Checks that a file is as long as its headers say, and that its checksums are right.
//
// Lives here: the end of a part, and reading a part in pieces.
//
// Not here:   which parts a format has (firmware/images/readers.h).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "firmware/image.h"
#include "firmware/peek.h"

namespace updraft::firmware::images {

// True when the file has at least `end` bytes; otherwise `image` is told that it is cut short.
bool reaches(Image& image, Peek const& file, std::int64_t end);

// Calls `take` with all bytes from `at`, in pieces. False, and nothing is called, when they are
// more than the allowance of `file`; false also when the file ends before.
bool each_piece(Peek& file, std::int64_t at, std::int64_t bytes,
                std::function<void(std::string_view piece)> const& take);

// The SHA-256, in hexadecimal digits, of `bytes` bytes from `at`; nothing when they are more than
// the allowance.
std::optional<std::string> sha256_of(Peek& file, std::int64_t at, std::int64_t bytes);

// Tells `image` that it is damaged when the SHA-256 of the first `bytes` bytes is not `raw`. No
// effect when they are more than the allowance.
void check_sha256(Image& image, Peek& file, std::int64_t bytes, std::string_view raw);

}  // namespace updraft::firmware::images
