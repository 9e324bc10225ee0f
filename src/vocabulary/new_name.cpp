#include "vocabulary/new_name.h"

#include <array>
#include <span>
#include <string>

#include "text/clean_text.h"
#include "text/hex.h"
#include "text/utf8.h"

namespace updraft {
namespace {

// "U+202E": at least four digits.
std::string code_point_name(std::uint32_t code_point) {
    constexpr std::size_t digits_max = 6;
    std::array<char, digits_max> digits{};
    text::put_hex(code_point, digits, text::upper_hex_digits);
    std::size_t const skipped = code_point > 0xFFFFF ? 0 : code_point > 0xFFFF ? 1 : 2;
    return "U+" + std::string(digits.data() + skipped, digits_max - skipped);
}

}  // namespace

Result<void> check_new_name(std::string_view text, std::string_view field) {
    if (text::is_clean(text)) return {};
    for (auto rest = text; !rest.empty();) {
        auto const character = text::first_character(rest);
        if (character.bytes == 0) return fail(Errc::invalid, std::string(field) + " is not UTF-8");
        if (!text::is_nameable(character.code_point)) {
            return fail(Errc::invalid,
                        std::string(field) + " contains " + code_point_name(character.code_point) +
                            ": control, format and bidirectional characters and line "
                            "separators are not allowed in it");
        }
        rest.remove_prefix(character.bytes);
    }
    return {};
}

}  // namespace updraft
