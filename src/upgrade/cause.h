// Why an upgrade ended badly, in one word that programs can branch on, and the device's own text.
//
// Lives here: the words, the table from a device's text to a word, and the written form. Pure.
// Not here:   when an upgrade ends (lifecycle.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace updraft::upgrade {

enum class Cause : std::uint8_t {
    timeout,
    expired,
    cancelled,
    rejected,
    unbound,
    download_failed,
    verify_failed,
    no_space,
    write_failed,
    unsupported_image,
    version_mismatch,
    withdrawn,
    skipped,
    device_error,
};

inline constexpr std::array<std::string_view, 14> cause_words{
    "timeout",          "expired",       "cancelled", "rejected",     "unbound",
    "download_failed",  "verify_failed", "no_space",  "write_failed", "unsupported_image",
    "version_mismatch", "withdrawn",     "skipped",   "device_error"};

[[nodiscard]] constexpr std::string_view word(Cause cause) {
    return cause_words[static_cast<std::size_t>(cause)];
}

inline constexpr std::size_t cause_detail_bytes_max = 512;

// "<word>", or "<word>: <detail>" with control characters removed and cut between characters.
[[nodiscard]] std::string written(Cause cause, std::string_view detail = {});

// The word that a device's text of failure stands for (docs/device-ddi.md#causes).
[[nodiscard]] Cause cause_of(std::string_view detail);

// The text says that nothing was installed although it says success.
[[nodiscard]] bool says_skipped(std::string_view text);

// Without control characters (line breaks are kept when `lines`), at most `bytes_max` long.
enum class Breaks : std::uint8_t { keep, remove };
[[nodiscard]] std::string tidied(std::string_view text, std::size_t bytes_max, Breaks breaks);

}  // namespace updraft::upgrade
