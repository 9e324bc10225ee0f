#include "json/lenient.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "text/clean_text.h"
#include "text/hex.h"
#include "text/utf8.h"

namespace updraft::json {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t escape_bytes = 6;  // Of \uXXXX.

// The text without byte order marks, U+0000 and white space at its ends.
std::string_view inner_text(std::string_view text) {
    using namespace std::string_view_literals;
    constexpr auto around = "\0 \t\r\n"sv;
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(around), text.size()));
        if (!text.starts_with(byte_order_mark)) break;
        text.remove_prefix(byte_order_mark.size());
    }
    for (;;) {
        text.remove_suffix(text.size() - (text.find_last_not_of(around) + 1));
        if (!text.ends_with(byte_order_mark)) return text;
        text.remove_suffix(byte_order_mark.size());
    }
}

// The code unit of the "\uXXXX" at the front of `text`; nothing when there is none.
std::optional<std::uint32_t> escaped_unit(std::string_view text) {
    if (text.size() < escape_bytes || !text.starts_with("\\u")) return std::nullopt;
    std::uint32_t unit = 0;
    for (auto const c : text.substr(2, escape_bytes - 2)) {
        auto const digit = text::hex_value(c);
        if (digit < 0) return std::nullopt;
        unit = unit * 16 + static_cast<std::uint32_t>(digit);
    }
    return unit;
}

bool is_low_surrogate(std::uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }
bool is_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDFFF; }

// Moves what stands at the front of `rest`, which begins with a backslash, to `out`.
void take_escape(std::string_view& rest, std::string& out) {
    constexpr std::string_view short_escapes = "\"\\/bfnrt";
    std::size_t bytes = 1;
    auto const unit = escaped_unit(rest);
    if (unit && is_surrogate(*unit)) {
        auto const next = escaped_unit(rest.substr(escape_bytes));
        bool const paired = !is_low_surrogate(*unit) && next && is_low_surrogate(*next);
        bytes = paired ? 2 * escape_bytes : escape_bytes;
        out += paired ? rest.substr(0, bytes) : text::replacement_character;
    } else if (unit) {
        bytes = escape_bytes;
        out += rest.substr(0, bytes);
    } else if (rest.size() > 1 && short_escapes.find(rest[1]) != std::string_view::npos) {
        bytes = 2;
        out += rest.substr(0, bytes);
    } else {
        out += "\\\\";
    }
    rest.remove_prefix(bytes);
}

// Moves the character at the front of `rest`, which is inside a string, to `out`.
void take_character(std::string_view& rest, std::string& out) {
    auto const c = rest.front();
    if (c == '\\') return take_escape(rest, out);
    if (text::is_control(c)) {
        out += "\\u00";
        out += text::hex(rest.substr(0, 1));
        rest.remove_prefix(1);
        return;
    }
    auto const bytes = text::first_character(rest).bytes;
    out += bytes == 0 ? text::replacement_character : rest.substr(0, bytes);
    rest.remove_prefix(bytes == 0 ? 1 : bytes);
}

// The text with what read_object_leniently() mends inside of strings.
std::string mended(std::string_view rest) {
    std::string out;
    out.reserve(rest.size() + rest.size() / 4);
    for (bool in_string = false; !rest.empty();) {
        bool const quote = rest.front() == '"';
        if (quote || !in_string) {
            in_string = in_string != quote;
            out += rest.front();
            rest.remove_prefix(1);
        } else {
            take_character(rest, out);
        }
    }
    return out;
}

}  // namespace

Result<Object> read_object_leniently(std::string_view text) {
    auto strict = read_object(text);
    if (strict) return strict;
    return read_object(mended(inner_text(text)));
}

}  // namespace updraft::json
