// Why an upgrade did not succeed: a fixed word for programs, and the device's own text. Pure.
//
// Lives here: the table from a device's text to a word, and the written form.
//
// Not here:   the words (cause_word.h), when an upgrade ends (lifecycle.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "upgrade/cause_word.h"

namespace updraft::upgrade {

inline constexpr std::size_t cause_detail_bytes_max = 512;

// "<word>", or "<word>: <detail>". Control characters of the detail are removed, and it is cut
// between two characters to at most cause_detail_bytes_max.
[[nodiscard]] std::string written(Cause cause, std::string_view detail = {});

// The cause for a device's text about a failure (docs/device-ddi.md#causes).
[[nodiscard]] Cause cause_of(std::string_view detail);

// The last line of a report's text that begins with "LastError:", with which some clients give the
// reason of a failure before they report it; empty when there is none.
[[nodiscard]] std::string_view last_error_in(std::string_view text);

// True when the text of a success report states that nothing was installed.
[[nodiscard]] bool says_skipped(std::string_view text);

// The text without control characters, at most `bytes_max` long. Breaks::keep keeps line breaks and
// tabs.
enum class Breaks : std::uint8_t { keep, remove };
[[nodiscard]] std::string tidied(std::string_view text, std::size_t bytes_max, Breaks breaks);

}  // namespace updraft::upgrade
