// Durations as text: "200ms", "5s", "10m", "24h", "7d".
//
// Lives here: reading and writing them.
//
// Not here:   their limits (at each use).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::text {

// A whole number and one unit, without a space. Nothing for any other form, and for more than 100
// years, so that sums with the present time stay in range.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_duration(std::string_view text);

// With the largest unit in which it is a whole number, but days from a week on: "90m", "48h", "7d".
// `length` must not be negative.
[[nodiscard]] std::string written_duration(std::chrono::milliseconds length);

}  // namespace updraft::text
