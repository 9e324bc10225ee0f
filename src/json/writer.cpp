#include "json/writer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "text/clean_text.h"
#include "text/hex.h"
#include "text/utf8.h"

namespace updraft::json {
namespace {

// `code_point` is below U+10000.
void append_escaped(std::string& out, std::uint32_t code_point) {
    switch (code_point) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    out += "\\u";
    for (auto shift = 16U; shift > 0; shift -= 4) {
        out += text::hex_digits[(code_point >> (shift - 4)) & 15U];
    }
}

// For each byte: true when it stands for itself in a JSON string.
constexpr auto plain_bytes = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x7F; ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
}();

bool is_plain(char character) { return plain_bytes[static_cast<unsigned char>(character)]; }

}  // namespace

void append_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain])) ++plain;
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) break;

        auto const character = text::first_character(text);
        auto const point = character.code_point;
        if (character.bytes == 0) {
            out += text::replacement_character;
        } else if (point == '"' || point == '\\' || text::is_unsafe(point)) {
            append_escaped(out, point);
        } else {
            out += text.substr(0, character.bytes);
        }
        text.remove_prefix(std::max<std::size_t>(character.bytes, 1));
    }
    out += '"';
}

std::string for_terminal(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        auto const character = text::first_character(json);
        auto const point = character.code_point;
        bool const blank = point == '\n' || point == '\r' || point == '\t';
        if (character.bytes == 0) {
            out += text::replacement_character;
        } else if (text::is_unsafe(point) && !blank) {
            append_escaped(out, point);
        } else {
            out += json.substr(0, character.bytes);
        }
        json.remove_prefix(std::max<std::size_t>(character.bytes, 1));
    }
    return out;
}

Writer& Writer::open(char opening, char closing) {
    separate();
    out_ += opening;
    closers_ += closing;
    needs_comma_ = false;
    return *this;
}

Writer& Writer::end() {
    out_ += closers_.back();
    closers_.pop_back();
    needs_comma_ = true;
    return *this;
}

void Writer::separate() {
    if (needs_comma_) out_ += ',';
    needs_comma_ = true;
}

Writer& Writer::key(std::string_view name) {
    separate();
    append_string(out_, name);
    out_ += ':';
    needs_comma_ = false;
    return *this;
}

Writer& Writer::value(std::string_view text) {
    separate();
    append_string(out_, text);
    return *this;
}

Writer& Writer::value(std::int64_t number) {
    separate();
    std::array<char, 24> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out_.append(digits.data(), end);
    return *this;
}

Writer& Writer::value(bool truth) {
    separate();
    out_ += truth ? "true" : "false";
    return *this;
}

Writer& Writer::null() {
    separate();
    out_ += "null";
    return *this;
}

Writer& Writer::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

}  // namespace updraft::json
