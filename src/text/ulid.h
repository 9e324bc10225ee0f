// ULIDs (https://github.com/ulid/spec): ids that sort by their time of creation.
//
// Lives here: the text of a ULID from a time and random bytes, and the part that depends on the
//             time.
//
// Not here:   the source of random bytes (ports/id_source.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace updraft::text {

inline constexpr std::size_t ulid_characters = 26;
inline constexpr std::size_t ulid_time_characters = 10;

// The first ten characters of every ULID of that millisecond since 1970. Only the lowest 50 bits of
// `ms` are used.
[[nodiscard]] std::string ulid_time(std::uint64_t ms);

// The time, then 80 random bits: the lowest five bits of each byte of `random`.
[[nodiscard]] std::string ulid(std::uint64_t ms, std::array<std::uint8_t, 16> const& random);

}  // namespace updraft::text
