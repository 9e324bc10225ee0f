#include "text/utf8.h"

namespace updraft::text {
namespace {

struct Form {
    std::size_t bytes;
    unsigned lead_bits;    // What the first byte contributes to the code point.
    std::uint32_t lowest;  // A smaller value has a shorter form.
};

Form form_of(unsigned lead) {
    if (lead < 0x80) return {1, lead, 0};
    if ((lead & 0xE0U) == 0xC0) return {2, lead & 0x1FU, 0x80};
    if ((lead & 0xF0U) == 0xE0) return {3, lead & 0x0FU, 0x800};
    if ((lead & 0xF8U) == 0xF0) return {4, lead & 0x07U, 0x10000};
    return {0, 0, 0};
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

Character first_character(std::string_view text) {
    auto const form = form_of(static_cast<unsigned char>(text.front()));
    if (form.bytes == 0 || form.bytes > text.size()) return {};
    std::uint32_t point = form.lead_bits;
    for (auto const c : text.substr(1, form.bytes - 1)) {
        if (!is_continuation(c)) return {};
        point = (point << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
    }
    bool const surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (point < form.lowest || surrogate || point > 0x10FFFF) return {};
    return {point, form.bytes};
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        auto const bytes = first_character(text).bytes;
        if (bytes == 0) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

std::string_view cut_between_characters(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    auto end = bytes_max;
    while (end > 0 && is_continuation(text[end])) --end;
    return text.substr(0, end);
}

}  // namespace updraft::text
