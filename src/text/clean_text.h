// Cleans texts from devices, files and servers for a row, a log line or a terminal.
//
// Lives here: removing or replacing control characters, and cutting between UTF-8 characters.
//
// Not here:   escaping in JSON (json/writer.h); repairing invalid UTF-8, which is left unchanged.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::text {

// U+0000 to U+001F, and U+007F.
[[nodiscard]] constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// The longest beginning of `text` that has at most `bytes_max` bytes and ends between characters.
[[nodiscard]] std::string_view cut_between_characters(std::string_view text, std::size_t bytes_max);

struct Cleaning {
    std::size_t bytes_max = std::string_view::npos;  // Of the result.
    std::optional<char> instead{};  // Replaces control characters; absent: they are removed.
    std::string_view kept{};        // Control characters that are kept, such as "\n\t".
};

// The text without control characters, cut to `bytes_max`. When they are removed (no `instead`),
// U+0080 to U+009F are removed, too.
[[nodiscard]] std::string clean_text(std::string_view text, Cleaning const& how = {});

}  // namespace updraft::text
