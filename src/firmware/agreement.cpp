#include "firmware/agreement.h"

#include <cstdint>

#include "firmware/image.h"
#include "text/whole_number.h"
#include "vocabulary/version_spelling.h"

namespace updraft::firmware {
namespace {

enum class Compared : std::uint8_t { same, different, cannot_be };

Compared compared(bool same) { return same ? Compared::same : Compared::different; }

bool is_hex(std::string_view text) { return text.starts_with("0x") || text.starts_with("0X"); }

std::optional<std::uint64_t> zigbee_number(std::string_view inside) {
    return text::read_whole<std::uint64_t>(is_hex(inside) ? inside.substr(2) : inside, 16);
}

// A Zigbee file version is a number. A release may write it in decimal, or in hexadecimal with or
// without "0x".
Compared compare_zigbee(std::string_view inside, std::string_view released) {
    auto const number = zigbee_number(inside);
    if (is_hex(released)) {
        auto const said = text::read_whole<std::uint64_t>(released.substr(2), 16);
        return said ? compared(said == number) : Compared::cannot_be;
    }
    auto const decimal = text::read_whole<std::uint64_t>(released, 10);
    auto const hex = text::read_whole<std::uint64_t>(released, 16);
    if (hex == number && number) return Compared::same;
    if (!decimal) return Compared::cannot_be;  // "2.1.0" is not a number.
    return compared(decimal == number);
}

// The build number ("+4") is compared only when the release states one.
Compared compare_mcuboot(std::string_view inside, std::string_view released) {
    if (inside == "0.0.0") return Compared::cannot_be;  // The signing tool's default.
    if (inside == released) return Compared::same;
    auto const plus = released.find('+');
    if (plus == std::string_view::npos) {
        return compared(inside.substr(0, inside.find('+')) == released);
    }
    return compared(released.substr(plus) == "+0" && inside == released.substr(0, plus));
}

Compared compare(VersionInside const& file, Version const& version) {
    if (!file.stated()) return Compared::cannot_be;
    auto const inside = bare_version(file.version);
    auto const released = bare_version(version.value);
    if (file.format == word(Format::zigbee)) return compare_zigbee(inside, released);
    if (file.format == word(Format::mcuboot)) return compare_mcuboot(inside, released);
    return compared(inside == released);
}

}  // namespace

std::optional<std::string> contradiction(std::string_view image, Version const& version) {
    auto file = read_version_inside(image);
    if (compare(file, version) != Compared::different) return std::nullopt;
    return std::move(file.version);
}

bool file_says(VersionInside const& file, Version const& version) {
    return compare(file, version) == Compared::same;
}

bool file_says_plainly(VersionInside const& file, Version const& version) {
    if (!file_says(file, version)) return false;
    auto const said = bare_version(version.value);
    if (file.format == word(Format::zigbee)) {
        return is_hex(said) || text::read_whole<std::uint64_t>(said, 10) ==
                                   zigbee_number(bare_version(file.version));
    }
    return bare_version(file.version) == said;
}

}  // namespace updraft::firmware
