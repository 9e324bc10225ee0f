#include "firmware/agreement.h"

#include <cstdint>

#include "firmware/image.h"
#include "json/reader.h"
#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft::firmware {
namespace {

// Removes a "v" before a digit: "v1.2" and "1.2" are the same version, "vega" is kept.
std::string_view bare(std::string_view text) {
    text = trimmed(text, " \t\r\n");
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() > 1 && (text[0] == 'v' || text[0] == 'V') && is_digit(text[1])) {
        text.remove_prefix(1);
    }
    return text;
}

// A Zigbee file version is a number. A release may write it in decimal, or in hexadecimal with or
// without "0x".
bool zigbee_agrees(std::string_view inside, std::string_view released) {
    auto const is_hex = [](std::string_view text) {
        return text.starts_with("0x") || text.starts_with("0X");
    };
    auto const number =
        text::read_whole<std::uint64_t>(is_hex(inside) ? inside.substr(2) : inside, 16);
    if (is_hex(released)) {
        auto const said = text::read_whole<std::uint64_t>(released.substr(2), 16);
        return !said || said == number;
    }
    auto const decimal = text::read_whole<std::uint64_t>(released, 10);
    if (!decimal) return true;  // "2.1.0" is not a number, so it cannot be compared.
    return decimal == number || text::read_whole<std::uint64_t>(released, 16) == number;
}

// The build number ("+4") is compared only when the release states one.
bool mcuboot_agrees(std::string_view inside, std::string_view released) {
    if (inside == "0.0.0") return true;  // The signing tool's default.
    if (inside == released) return true;
    auto const plus = released.find('+');
    if (plus == std::string_view::npos) return inside.substr(0, inside.find('+')) == released;
    return released.substr(plus) == "+0" && inside == released.substr(0, plus);
}

bool agree(std::string_view format, std::string_view inside, std::string_view released) {
    if (format == word(Format::zigbee)) return zigbee_agrees(inside, released);
    if (format == word(Format::mcuboot)) return mcuboot_agrees(inside, released);
    return inside == released;
}

}  // namespace

std::optional<std::string> contradiction(std::string_view image, Version const& version) {
    if (image.empty()) return std::nullopt;
    auto const object = json::read_object(image);
    if (!object) return std::nullopt;
    auto const format = json::text_member(*object, "format");
    auto const inside = json::text_member(*object, "version");
    if (!format || !*format || !inside || !*inside) return std::nullopt;
    if (agree(**format, bare(**inside), bare(version.value))) return std::nullopt;
    return **inside;
}

}  // namespace updraft::firmware
