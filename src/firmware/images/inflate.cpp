#include "firmware/images/inflate.h"

#include <zlib.h>

#include <vector>

namespace updraft::firmware::images {

std::string unpacked(std::string_view packed, std::size_t bytes_max) {
    constexpr int gzip_alone = 15 + 16;  // The largest window; 16: gzip only.
    std::vector<Bytef> in(packed.begin(), packed.end());
    std::vector<Bytef> out(bytes_max);
    z_stream stream{};
    if (::inflateInit2(&stream, gzip_alone) != Z_OK) return {};
    stream.next_in = in.data();
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    // The result is ignored: bytes that were decompressed before an error are valid.
    static_cast<void>(::inflate(&stream, Z_SYNC_FLUSH));
    auto const count = out.size() - stream.avail_out;
    ::inflateEnd(&stream);
    return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace updraft::firmware::images
