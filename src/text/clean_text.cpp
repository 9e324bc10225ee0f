#include "text/clean_text.h"

#include <algorithm>

namespace updraft::text {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// U+0080 to U+009F, the second set of control characters: two bytes each.
bool begins_with_second_control(std::string_view text) {
    return text.size() > 1 && static_cast<unsigned char>(text[0]) == 0xC2 &&
           static_cast<unsigned char>(text[1]) < 0xA0;
}

}  // namespace

std::string_view cut_between_characters(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    auto end = bytes_max;
    while (end > 0 && is_continuation(text[end])) --end;
    return text.substr(0, end);
}

std::string clean_text(std::string_view text, Cleaning const& how) {
    std::string out;
    out.reserve(std::min(text.size(), how.bytes_max));
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_control(text[i]) && how.kept.find(text[i]) == std::string_view::npos) {
            if (how.instead) out += *how.instead;
        } else if (!how.instead && begins_with_second_control(text.substr(i))) {
            ++i;
        } else {
            out += text[i];
        }
    }
    out.resize(cut_between_characters(out, how.bytes_max).size());
    return out;
}

}  // namespace updraft::text
