// The words for why an upgrade did not succeed.
//
// Lives here: the words, and the word of a written cause. Pure.
//
// Not here:   choosing a word, and writing a cause (upgrade/cause.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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

// The word of a written cause: what stands before the detail.
[[nodiscard]] constexpr std::string_view word_of(std::string_view written) {
    return written.substr(0, written.find(':'));
}

}  // namespace updraft::upgrade
