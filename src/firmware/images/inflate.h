// Decompresses the beginning of a gzip stream.
//
// Lives here: the only use of zlib's decoder, with a limit on its output.
//
// Not here:   what the content means (firmware/images/mender.cpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace updraft::firmware::images {

// At most the first `bytes_max` decompressed bytes; fewer when the stream ends or is damaged
// before.
[[nodiscard]] std::string unpacked(std::string_view packed, std::size_t bytes_max);

}  // namespace updraft::firmware::images
