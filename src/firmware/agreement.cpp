#include "firmware/agreement.h"

#include <charconv>
#include <cstdint>

#include "firmware/image.h"
#include "json/reader.h"
#include "vocabulary/ascii.h"

namespace updraft::firmware {
namespace {

// "v1.2" and "1.2" are one version; "vega" is a name.
std::string_view bare(std::string_view text) {
    text = trimmed(text, " \t\r\n");
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() > 1 && (text[0] == 'v' || text[0] == 'V') && is_digit(text[1])) {
        text.remove_prefix(1);
    }
    return text;
}

std::optional<std::uint64_t> number_in(std::string_view text, int base) {
    std::uint64_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, trouble] = std::from_chars(text.data(), end, number, base);
    if (trouble != std::errc{} || stop != end) return std::nullopt;
    return number;
}

// A file version is a number; people write it in either base, hexadecimal with and without 0x.
bool zigbee_agrees(std::string_view inside, std::string_view released) {
    auto const is_hex = [](std::string_view text) {
        return text.starts_with("0x") || text.starts_with("0X");
    };
    auto const number = number_in(is_hex(inside) ? inside.substr(2) : inside, 16);
    if (is_hex(released)) {
        auto const said = number_in(released.substr(2), 16);
        return !said || said == number;
    }
    auto const decimal = number_in(released, 10);
    if (!decimal) return true;  // Not a number: "2.1.0" and a file version say different things.
    return decimal == number || number_in(released, 16) == number;
}

// A release that does not name the build number does not speak of it.
bool mcuboot_agrees(std::string_view inside, std::string_view released) {
    if (inside == "0.0.0") return true;  // What the signing tool writes when it was told nothing.
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
