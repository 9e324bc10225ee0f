// What a firmware file says of itself.
//
// Lives here: the noun, and the words for formats.
// Not here:   reading it from the file (firmware/inspect.h), whether it fits the release
//             (firmware/agreement.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updraft::firmware {

enum class Format : std::uint8_t {
    raw,  // None of the others, or nothing that we know.
    swu,
    rauc,
    mender,
    zigbee,
    esp_idf,
    mcuboot,
    fit,
    uimage,
    elf,
};

// In the order of Format; what operators read.
inline constexpr std::array<std::string_view, 10> format_words{
    "raw", "swu", "rauc", "mender", "zigbee", "esp-idf", "mcuboot", "fit", "uimage", "elf"};

[[nodiscard]] constexpr std::string_view word(Format format) {
    return format_words[static_cast<std::size_t>(format)];
}

struct Fact {
    std::string_view name;  // As operators read it; a literal.
    std::string json;       // Its value.
};

struct Image {
    Format format = Format::raw;
    std::optional<std::string> version;  // As the format writes it, when it has one.
    std::vector<Fact> facts;             // The rest, in the order it is shown.

    // Texts are cut and freed of control characters, lists are cut; an empty one is left out.
    void tell_version(std::string_view text);
    void tell(std::string_view name, std::string_view text);
    void tell(std::string_view name, std::int64_t number);
    void tell(std::string_view name, std::vector<std::string> const& texts);
};

inline constexpr std::size_t fact_bytes_max = 128;
inline constexpr std::size_t fact_texts_max = 16;

}  // namespace updraft::firmware
