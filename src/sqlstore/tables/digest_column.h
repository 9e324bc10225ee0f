// Writes a SHA-256 into a column as 64 lower-case hexadecimal characters, and reads it from there.
//
// Lives here: both conversions.
// Not here:   computing one (vocabulary/digest.h).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "text/hex.h"
#include "vocabulary/digest.h"
#include "vocabulary/result.h"

namespace updraft::sqlstore {

// Owns its 64 characters, so that a lookup by digest costs no allocation.
class DigestColumn {
public:
    explicit DigestColumn(Sha256 const& digest) {
        for (std::size_t i = 0; i < digest.size(); ++i) {
            hex_[2 * i] = text::hex_digits[digest[i] >> 4];
            hex_[2 * i + 1] = text::hex_digits[digest[i] & 15];
        }
    }
    operator std::string_view() const { return {hex_.data(), hex_.size()}; }

private:
    std::array<char, 64> hex_{};
};
[[nodiscard]] inline DigestColumn digest_column(Sha256 const& digest) {
    return DigestColumn(digest);
}

// Errc::corrupt when the text is not a digest.
[[nodiscard]] Result<Sha256> read_digest(std::string_view hex);

}  // namespace updraft::sqlstore
