#include "firmware/images/extent.h"

#include <algorithm>
#include <string>

#include "text/hex.h"
#include "vocabulary/digest.h"

namespace updraft::firmware::images {

bool reaches(Image& image, Peek const& file, std::int64_t end) {
    if (end <= file.bytes()) return true;
    image.tell_damage("cut short: by its own account it has at least " + std::to_string(end) +
                      " bytes, but the file has " + std::to_string(file.bytes()));
    return false;
}

bool each_piece(Peek& file, std::int64_t at, std::int64_t bytes,
                std::function<void(std::string_view piece)> const& take) {
    constexpr std::int64_t piece_bytes_max = 64 * 1024;
    if (static_cast<std::uint64_t>(bytes) > file.allowance()) return false;
    while (bytes > 0) {
        auto const count = std::min(bytes, piece_bytes_max);
        auto const piece = file.exactly(at, static_cast<std::size_t>(count));
        if (!piece) return false;
        take(*piece);
        at += count;
        bytes -= count;
    }
    return true;
}

void check_sha256(Image& image, Peek& file, std::int64_t bytes, std::string_view raw) {
    DigestStream digest;
    auto const append = [&](std::string_view piece) { digest.append(piece); };
    if (!each_piece(file, 0, bytes, append)) return;
    if (digest.finish().sha256 != text::hex(raw)) {
        image.tell_damage("damaged: the SHA-256 in it is not that of its content");
    }
}

}  // namespace updraft::firmware::images
