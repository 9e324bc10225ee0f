// Makes texts from devices, files, apps and servers safe for a terminal, a log line or a row.
//
// Lives here: which characters are unsafe to show, the only such list; removing, replacing or
//             escaping them.
//
// Not here:   decoding UTF-8 (text/utf8.h); JSON, whose writer escapes the same characters
//             (json/writer.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "text/utf8.h"

namespace updraft::text {

// U+0000 to U+001F, and U+007F.
[[nodiscard]] constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// True for characters that control a terminal, break a line, or change the order in which other
// characters are shown: C0, DEL, C1, the bidirectional controls, and the separators of lines and
// paragraphs. All of them are below U+10000.
[[nodiscard]] constexpr bool is_unsafe(std::uint32_t code_point) {
    if (code_point < 0xA0) return code_point < 0x20 || code_point >= 0x7F;
    return code_point == 0x061C || (code_point >= 0x200E && code_point <= 0x200F) ||
           (code_point >= 0x2028 && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

// True for characters that may be in a name: neither unsafe nor of Unicode's category "format"
// (Cf), which are not shown, such as U+200B and U+FEFF.
[[nodiscard]] bool is_nameable(std::uint32_t code_point);

// True when every byte belongs to a character, and each character may be in a name.
[[nodiscard]] bool is_clean(std::string_view text);

struct Cleaning {
    std::size_t bytes_max = std::string_view::npos;  // Of the result.
    std::optional<char> instead{};  // Replaces an unsafe character; absent: it is removed.
    std::string_view kept{};        // Unsafe ASCII characters that are kept, such as "\n\t".
    // Replaces each byte that belongs to no character.
    std::string_view not_utf8 = replacement_character;
};

// The text without unsafe characters and without invalid UTF-8, cut to `bytes_max` between two
// characters.
[[nodiscard]] std::string clean_text(std::string_view text, Cleaning const& how = {});

// The text as a part of one line of a terminal, with unsafe characters as \uXXXX, so that its
// reader sees that they are there. Those in `kept`, such as "\n\t", stay.
[[nodiscard]] std::string escaped(std::string_view text, std::string_view kept = {});

// The text as a part of one line of a log: unsafe characters are blanks.
[[nodiscard]] std::string one_line(std::string_view text);

// The text as several lines of a terminal: as one_line(), but line feeds and tabs are kept.
[[nodiscard]] std::string some_lines(std::string_view text);

}  // namespace updraft::text
