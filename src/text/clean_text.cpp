#include "text/clean_text.h"

#include <algorithm>
#include <array>

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

struct CodePoints {
    std::uint32_t first;
    std::uint32_t last;
};

void append_escape(std::string& out, std::uint32_t code_point) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u";
    for (auto shift = 12; shift >= 0; shift -= 4) out += digits[code_point >> shift & 0xFU];
}

// Category Cf of Unicode 15, without those that are unsafe.
constexpr auto format_characters = std::to_array<CodePoints>({
    {0xAD, 0xAD},       {0x600, 0x605},     {0x6DD, 0x6DD},     {0x70F, 0x70F},
    {0x890, 0x891},     {0x8E2, 0x8E2},     {0x180E, 0x180E},   {0x200B, 0x200D},
    {0x2060, 0x2064},   {0x206A, 0x206F},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},
    {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F},
});

}  // namespace

bool is_nameable(std::uint32_t code_point) {
    if (code_point >= 0x20 && code_point < 0x7F) return true;
    return !is_unsafe(code_point) &&
           std::ranges::none_of(format_characters, [&](CodePoints const& range) {
               return range.first <= code_point && code_point <= range.last;
           });
}

bool is_clean(std::string_view text) {
    for (take_plain(text); !text.empty(); take_plain(text)) {
        auto const character = first_character(text);
        if (character.bytes == 0 || !is_nameable(character.code_point)) return false;
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

std::string escaped(std::string_view text, std::string_view kept) {
    std::string out;
    out.reserve(text.size());
    out += take_plain(text);
    while (!text.empty()) {
        auto const character = first_character(text);
        auto const front = text.substr(0, std::max<std::size_t>(character.bytes, 1));
        if (character.bytes == 0) {
            out += replacement_character;
        } else if (is_unsafe(character.code_point) && kept.find(front) == std::string_view::npos) {
            append_escape(out, character.code_point);
        } else {
            out += front;
        }
        text.remove_prefix(front.size());
        out += take_plain(text);
    }
    return out;
}

std::string one_line(std::string_view text) { return clean_text(text, {.instead = ' '}); }

std::string some_lines(std::string_view text) {
    return clean_text(text, {.instead = ' ', .kept = "\n\t"});
}

}  // namespace updraft::text
