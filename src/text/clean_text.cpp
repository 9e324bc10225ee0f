#include "text/clean_text.h"

#include <algorithm>

namespace updraft::text {
namespace {

bool is_plain(char c) { return c >= 0x20 && c < 0x7F; }

// Removes the printable ASCII characters at the front of `text`, and answers them.
std::string_view take_plain(std::string_view& text) {
    std::size_t bytes = 0;
    while (bytes < text.size() && is_plain(text[bytes])) ++bytes;
    auto const plain = text.substr(0, bytes);
    text.remove_prefix(bytes);
    return plain;
}

}  // namespace

bool is_clean(std::string_view text) {
    for (take_plain(text); !text.empty(); take_plain(text)) {
        auto const character = first_character(text);
        if (character.bytes == 0 || is_unsafe(character.code_point)) return false;
        text.remove_prefix(character.bytes);
    }
    return true;
}

std::string clean_text(std::string_view text, Cleaning const& how) {
    std::string out;
    out.reserve(std::min(text.size(), how.bytes_max));
    out += take_plain(text);
    while (!text.empty()) {
        auto const character = first_character(text);
        auto const bytes = std::max<std::size_t>(character.bytes, 1);
        auto const front = text.substr(0, bytes);
        if (character.bytes == 0) {
            out += how.not_utf8;
        } else if (!is_unsafe(character.code_point) ||
                   how.kept.find(front) != std::string_view::npos) {
            out += front;
        } else if (how.instead) {
            out += *how.instead;
        }
        text.remove_prefix(bytes);
        out += take_plain(text);
    }
    out.resize(cut_between_characters(out, how.bytes_max).size());
    return out;
}

std::string one_line(std::string_view text) { return clean_text(text, {.instead = ' '}); }

std::string some_lines(std::string_view text) {
    return clean_text(text, {.instead = ' ', .kept = "\n\t"});
}

}  // namespace updraft::text
