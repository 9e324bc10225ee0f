// Files with one fixed header: Zigbee OTA, ESP-IDF, MCUboot.
#include <array>

#include "firmware/images/fields.h"
#include "firmware/images/readers.h"

namespace updraft::firmware::images {
namespace {

struct Chip {
    std::uint16_t id;
    std::string_view name;
};
constexpr auto chips = std::to_array<Chip>({{0, "ESP32"},
                                            {2, "ESP32-S2"},
                                            {5, "ESP32-C3"},
                                            {9, "ESP32-S3"},
                                            {12, "ESP32-C2"},
                                            {13, "ESP32-C6"},
                                            {16, "ESP32-H2"},
                                            {18, "ESP32-P4"}});

std::string chip_name(std::uint16_t id) {
    for (auto const& chip : chips) {
        if (chip.id == id) return std::string(chip.name);
    }
    return as_hex(id, 4);
}

}  // namespace

// The file header of the "OTA Upgrade" cluster, Zigbee Cluster Library.
std::optional<Image> read_zigbee(Peek& file) {
    constexpr std::size_t header_bytes = 56;
    auto const start = file.exactly(0, 4);
    if (!start || le32(*start, 0) != 0x0BEEF11E) return std::nullopt;
    Image image{.format = Format::zigbee, .version = {}, .facts = {}};
    auto const header = file.exactly(0, header_bytes);
    if (!header) return image;
    auto const file_version = le32(*header, 14);
    image.tell_version(as_hex(file_version, 8));
    image.tell("fileVersion", std::int64_t{file_version});
    image.tell("manufacturerCode", std::int64_t{le16(*header, 10)});
    image.tell("imageType", std::int64_t{le16(*header, 12)});
    image.tell("stackVersion", std::int64_t{le16(*header, 18)});
    image.tell("headerString", padded(*header, 20, 32));
    image.tell("imageSize", std::int64_t{le32(*header, 52)});
    return image;
}

// The file header, the header of the first segment, then the app description.
std::optional<Image> read_esp_idf(Peek& file) {
    constexpr std::size_t description_at = 32;
    constexpr std::size_t description_bytes = 144;
    auto const bytes = file.up_to(0, description_at + description_bytes);
    if (bytes.size() < description_at + 4 || byte_at(bytes, 0) != 0xE9 ||
        le32(bytes, description_at) != 0xABCD5432) {
        return std::nullopt;
    }
    Image image{.format = Format::esp_idf, .version = {}, .facts = {}};
    if (bytes.size() < description_at + description_bytes) return image;
    auto const app = std::string_view(bytes).substr(description_at);
    image.tell_version(padded(app, 16, 32));
    image.tell("project", padded(app, 48, 32));
    image.tell("chip", chip_name(le16(bytes, 12)));
    image.tell("idfVersion", padded(app, 112, 32));
    auto const time = padded(app, 80, 16);
    auto const day = padded(app, 96, 16);
    image.tell("built", std::string(day) + ' ' + std::string(time));
    image.tell("secureVersion", std::int64_t{le32(app, 4)});
    return image;
}

std::optional<Image> read_mcuboot(Peek& file) {
    constexpr std::size_t header_bytes = 32;
    auto const start = file.exactly(0, 4);
    if (!start || le32(*start, 0) != 0x96F3B83D) return std::nullopt;
    Image image{.format = Format::mcuboot, .version = {}, .facts = {}};
    auto const header = file.exactly(0, header_bytes);
    if (!header) return image;
    auto version = std::to_string(byte_at(*header, 20)) + '.' +
                   std::to_string(byte_at(*header, 21)) + '.' + std::to_string(le16(*header, 22));
    if (auto const build = le32(*header, 24); build != 0) version += '+' + std::to_string(build);
    image.tell_version(version);
    image.tell("headerSize", std::int64_t{le16(*header, 8)});
    image.tell("imageSize", std::int64_t{le32(*header, 12)});
    image.tell("loadAddress", as_hex(le32(*header, 4), 8));
    image.tell("flags", as_hex(le32(*header, 16), 8));
    return image;
}

}  // namespace updraft::firmware::images
