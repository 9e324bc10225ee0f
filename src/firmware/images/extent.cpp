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

std::optional<std::string> sha256_of(Peek& file, std::int64_t at, std::int64_t bytes) {
    DigestStream digest;
    auto const append = [&](std::string_view piece) { digest.append(piece); };
    if (!each_piece(file, at, bytes, append)) return std::nullopt;
    return digest.finish().sha256;
}

void check_sha256(Image& image, Peek& file, std::int64_t bytes, std::string_view raw) {
    auto const digest = sha256_of(file, 0, bytes);
    if (digest && *digest != text::hex(raw)) {
        image.tell_damage("damaged: the SHA-256 in it is not that of its content");
    }
}

}  // namespace updraft::firmware::images
