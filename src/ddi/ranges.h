// Which stretches of a file a Range header asks for (RFC 9110, section 14).
//
// Lives here: reading the header against a size, within limits. Pure.
// Not here:   If-Range and the answer (ddi/download.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace updraft::ddi {

// Stretches in one answer; a header that asks for more is answered with the whole file.
inline constexpr std::size_t ranges_max = 64;

struct Stretch {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  // Inclusive.

    bool operator==(Stretch const&) const = default;
    [[nodiscard]] std::uint64_t bytes() const { return last - first + 1; }
};

struct Wanted {
    enum class Kind : std::uint8_t { whole, stretches, unsatisfiable };
    Kind kind = Kind::whole;
    std::vector<Stretch> stretches;  // In the order asked for; those that overlap are joined.

    bool operator==(Wanted const&) const = default;
};

// Another unit than bytes is the whole file; malformed bytes are unsatisfiable, as in hawkBit. What
// lies behind the end is left out; when nothing else is left, that is unsatisfiable as well.
[[nodiscard]] Wanted read_ranges(std::string_view header, std::uint64_t size);

}  // namespace updraft::ddi
