// Unpacking the beginning of a gzip stream.
//
// Lives here: the one use of zlib's decoder, with a limit on what comes out.
// Not here:   what is inside (firmware/images/mender.cpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace updraft::firmware::images {

// At most `bytes_max` of what `packed` unpacks to: less when the stream ends or breaks before.
[[nodiscard]] std::string unpacked(std::string_view packed, std::size_t bytes_max);

}  // namespace updraft::firmware::images
