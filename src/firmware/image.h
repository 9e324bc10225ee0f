// The description of a firmware file that was read from the file itself.
//
// Lives here: the type, and the names of the formats.
//
// Not here:   reading it from the file (firmware/inspect.h), comparing it with the release
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
    raw,  // No known format.
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

// The names of formats in the admin API, in the order of Format.
inline constexpr std::array<std::string_view, 10> format_words{
    "raw", "swu", "rauc", "mender", "zigbee", "esp-idf", "mcuboot", "fit", "uimage", "elf"};

[[nodiscard]] constexpr std::string_view word(Format format) {
    return format_words[static_cast<std::size_t>(format)];
}

struct Fact {
    std::string_view name;  // As shown to operators; must be a string literal.
    std::string json;       // The value, as JSON text.
};

struct Image {
    Format format = Format::raw;
    std::optional<std::string> version;  // As written in the file; absent when it has none.
    std::vector<Fact> facts;             // The other facts, in the order in which they are shown.
    // Why the file cannot be whole, by its own account, such as "cut short: …"; absent when nothing
    // is wrong or could be checked.
    std::optional<std::string> damage = {};

    // Add the version or a fact. Texts are cut to fact_bytes_max, and their control characters
    // become blanks; lists are cut to fact_texts_max; an empty text or list is not added.
    void tell_version(std::string_view text);
    void tell(std::string_view name, std::string_view text);
    void tell(std::string_view name, std::int64_t number);
    void tell(std::string_view name, std::vector<std::string> const& texts);
    // Sets the damage; the first one stays.
    void tell_damage(std::string_view text);
};

inline constexpr std::size_t fact_bytes_max = 128;
inline constexpr std::size_t fact_texts_max = 16;

}  // namespace updraft::firmware
