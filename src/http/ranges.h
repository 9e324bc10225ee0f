// Reads a Range header: the stretches of a file that it asks for (RFC 9110, section 14). Pure.
//
// Lives here: reading the header for a file of a given size, and its limits.
//
// Not here:   If-Range (http/conditions.h), the answer (channel/send_artifact.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace updraft::http {

// Ranges in one header. A header with more is answered with the whole file.
inline constexpr std::size_t ranges_max = 200;

struct Stretch {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  // Inclusive.

    bool operator==(Stretch const&) const = default;
    [[nodiscard]] std::uint64_t bytes() const { return last - first + 1; }
};

struct Wanted {
    enum class Kind : std::uint8_t { whole, stretches, unsatisfiable };
    Kind kind = Kind::whole;
    // In the order of the header; if any overlap, joined and in the order of the file.
    std::vector<Stretch> stretches;

    bool operator==(Wanted const&) const = default;
};

// A unit other than "bytes" (in any case) means the whole file. Empty elements of the list are
// ignored (RFC 9110, 5.6.1.2). A malformed header is unsatisfiable, as in hawkBit. Stretches after
// the end of the file are ignored; if no other one is left, the header is unsatisfiable.
[[nodiscard]] Wanted read_ranges(std::string_view header, std::uint64_t size);

}  // namespace updraft::http
