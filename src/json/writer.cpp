#include "json/writer.h"

#include <array>
#include <charconv>

#include "text/hex.h"

namespace updraft::json {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD.

// The length in bytes of the UTF-8 sequence that `text` starts with; 0 when it is invalid.
std::size_t sequence_bytes(std::string_view text) {
    auto const at = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    auto const follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
    auto const lead = at(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        bool const overlong = lead == 0xE0 && at(1) < 0xA0;
        bool const surrogate = lead == 0xED && at(1) > 0x9F;
        return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        bool const overlong = lead == 0xF0 && at(1) < 0x90;
        bool const beyond = lead == 0xF4 && at(1) > 0x8F;
        return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

void append_escaped(std::string& out, unsigned char character) {
    switch (character) {
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
    out += "\\u00";
    out += text::hex_digits[character >> 4U];
    out += text::hex_digits[character & 15U];
}

bool is_plain(char character) {
    auto const byte = static_cast<unsigned char>(character);
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain])) ++plain;
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) break;

        auto const lead = static_cast<unsigned char>(text.front());
        if (lead < 0x80) {
            append_escaped(out, lead);
            text.remove_prefix(1);
        } else if (auto const bytes = sequence_bytes(text); bytes != 0) {
            out.append(text.substr(0, bytes));
            text.remove_prefix(bytes);
        } else {
            out.append(replacement);
            text.remove_prefix(1);
        }
    }
    out += '"';
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
