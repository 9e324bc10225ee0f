// Files with one fixed header: Zigbee OTA, ESP-IDF, MCUboot.
#include <array>

#include "firmware/images/extent.h"
#include "firmware/images/fields.h"
#include "firmware/images/readers.h"
#include "vocabulary/digest.h"

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

constexpr std::string_view zigbee_magic = "\x1E\xF1\xEE\x0B";
constexpr std::size_t zigbee_header_bytes = 56;

// After the header come elements of the image: a tag, the number of bytes, and the bytes. They end
// where the image does.
void check_zigbee_elements(Image& image, Peek& file, std::int64_t from, std::int64_t end) {
    constexpr std::int64_t element_header_bytes = 6;
    for (auto at = from; at < end;) {
        auto const header = file.exactly(at, element_header_bytes);
        if (!header && at + element_header_bytes <= end) return;  // The allowance is used up.
        auto const bytes = header ? std::int64_t{le32(*header, 2)} : 0;
        at += element_header_bytes + bytes;
        if (at <= end) continue;
        image.tell_damage("damaged: by its size in the header it ends inside an element");
        return;
    }
}

// An image whose header begins at `at`: the file header of the "OTA Upgrade" cluster, Zigbee
// Cluster Library.
Image zigbee_at(Peek& file, std::int64_t at) {
    Image image{.format = Format::zigbee, .version = {}, .facts = {}};
    auto const header = file.exactly(at, zigbee_header_bytes);
    if (!header) {
        reaches(image, file, at + static_cast<std::int64_t>(zigbee_header_bytes));
        return image;
    }
    auto const file_version = le32(*header, 14);
    image.tell_version(as_hex(file_version, 8));
    image.tell("fileVersion", std::int64_t{file_version});
    image.tell("manufacturerCode", std::int64_t{le16(*header, 10)});
    image.tell("imageType", std::int64_t{le16(*header, 12)});
    image.tell("stackVersion", std::int64_t{le16(*header, 18)});
    image.tell("headerString", padded(*header, 20, 32));
    image.tell("imageSize", std::int64_t{le32(*header, 52)});
    if (at > 0) image.tell("headerOffset", at);
    if (le32(*header, 52) < zigbee_header_bytes) {
        image.tell_damage("damaged: its size in the header is less than the header");
    }
    auto const end = at + std::int64_t{le32(*header, 52)};
    if (reaches(image, file, end)) {
        check_zigbee_elements(image, file, at + std::int64_t{le16(*header, 6)}, end);
    }
    return image;
}

// The magic number alone may occur in other files, so the fixed fields after it must fit too.
bool is_zigbee_header(std::string_view header) {
    constexpr std::uint16_t header_bytes_max = 256;
    auto const bytes = le16(header, 6);
    return header.starts_with(zigbee_magic) && le16(header, 4) == 0x0100 &&
           bytes >= zigbee_header_bytes && bytes <= header_bytes_max && le32(header, 52) >= bytes;
}

// The segments, the checksum in the last byte of a block of 16, then the SHA-256 if there is one.
void check_esp_idf(Image& image, Peek& file, std::string_view header) {
    constexpr std::int64_t segment_header_bytes = 8;
    constexpr std::int64_t digest_bytes = 32;
    bool const hashed = byte_at(header, 23) == 1;
    std::int64_t at = 24;
    std::uint32_t sum = 0xEF;
    bool summed = !hashed;  // The SHA-256 covers the segments too.
    for (std::uint32_t i = 0; i < byte_at(header, 1); ++i) {
        if (!reaches(image, file, at + segment_header_bytes)) return;
        auto const segment = file.exactly(at, segment_header_bytes);
        if (!segment) return;
        auto const bytes = std::int64_t{le32(*segment, 4)};
        at += segment_header_bytes;
        if (!reaches(image, file, at + bytes)) return;
        summed = summed && each_piece(file, at, bytes, [&](std::string_view piece) {
                     for (auto const c : piece) sum ^= static_cast<unsigned char>(c);
                 });
        at += bytes;
    }
    auto const end = (at / 16 + 1) * 16;
    if (!reaches(image, file, end + (hashed ? digest_bytes : 0))) return;
    auto const last = file.exactly(end - 1, hashed ? 1 + digest_bytes : 1);
    if (!last) return;
    if (summed && byte_at(*last, 0) != sum) {
        image.tell_damage("damaged: the checksum in it is not that of its segments");
    }
    if (hashed) check_sha256(image, file, end, last->substr(1));
}

// After the image and the protected entries come the entries that need no protection; one of them
// is the SHA-256 of all before it. An encrypted image has the digest of the image before
// encryption.
void check_mcuboot(Image& image, Peek& file, std::string_view header) {
    constexpr std::size_t entry_header_bytes = 4;
    constexpr std::uint32_t encrypted = 0x4 | 0x8;
    auto const entries_at =
        std::int64_t{le16(header, 8)} + std::int64_t{le32(header, 12)} + le16(header, 10);
    if (!reaches(image, file, entries_at + std::int64_t{entry_header_bytes})) return;
    auto const head = file.exactly(entries_at, entry_header_bytes);
    if (!head) return;
    if (le16(*head, 0) != 0x6907) {
        image.tell_damage("damaged: after the image no trailer with its digest begins");
        return;
    }
    auto const entries_bytes = le16(*head, 2);
    if (!reaches(image, file, entries_at + entries_bytes)) return;
    auto const entries = file.exactly(entries_at, entries_bytes);
    if (!entries || (le32(header, 16) & encrypted) != 0) return;
    for (std::size_t at = entry_header_bytes; at + entry_header_bytes <= entries->size();) {
        auto const type = le16(*entries, at);
        auto const bytes = le16(*entries, at + 2);
        at += entry_header_bytes;
        auto const value = std::string_view(*entries).substr(at, bytes);
        if (type == 0x10 && value.size() == std::tuple_size_v<Sha256>) {
            check_sha256(image, file, entries_at, value);
        }
        at += value.size();
    }
}

}  // namespace

std::optional<Image> read_zigbee(Peek& file) {
    auto const start = file.exactly(0, zigbee_magic.size());
    if (start != zigbee_magic) return std::nullopt;
    return zigbee_at(file, 0);
}

std::optional<Image> read_zigbee_container(Peek& file) {
    constexpr std::size_t searched_bytes = std::size_t{64} * 1024;
    auto const bytes = file.up_to(0, searched_bytes);
    for (auto at = bytes.find(zigbee_magic, 1); at != std::string::npos;
         at = bytes.find(zigbee_magic, at + 1)) {
        auto const begin = static_cast<std::int64_t>(at);
        auto const header = file.exactly(begin, zigbee_header_bytes);
        if (header && is_zigbee_header(*header)) return zigbee_at(file, begin);
    }
    return std::nullopt;
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
    if (bytes.size() < description_at + description_bytes) {
        check_esp_idf(image, file, bytes);
        return image;
    }
    auto const app = std::string_view(bytes).substr(description_at);
    image.tell_version(padded(app, 16, 32));
    image.tell("project", padded(app, 48, 32));
    image.tell("chip", chip_name(le16(bytes, 12)));
    image.tell("idfVersion", padded(app, 112, 32));
    auto const time = padded(app, 80, 16);
    auto const day = padded(app, 96, 16);
    image.tell("built", std::string(day) + ' ' + std::string(time));
    image.tell("secureVersion", std::int64_t{le32(app, 4)});
    check_esp_idf(image, file, bytes);
    return image;
}

std::optional<Image> read_mcuboot(Peek& file) {
    constexpr std::size_t header_bytes = 32;
    auto const start = file.exactly(0, 4);
    if (!start || le32(*start, 0) != 0x96F3B83D) return std::nullopt;
    Image image{.format = Format::mcuboot, .version = {}, .facts = {}};
    auto const header = file.exactly(0, header_bytes);
    if (!header) {
        reaches(image, file, header_bytes);
        return image;
    }
    auto version = std::to_string(byte_at(*header, 20)) + '.' +
                   std::to_string(byte_at(*header, 21)) + '.' + std::to_string(le16(*header, 22));
    if (auto const build = le32(*header, 24); build != 0) version += '+' + std::to_string(build);
    image.tell_version(version);
    image.tell("headerSize", std::int64_t{le16(*header, 8)});
    image.tell("imageSize", std::int64_t{le32(*header, 12)});
    image.tell("loadAddress", as_hex(le32(*header, 4), 8));
    image.tell("flags", as_hex(le32(*header, 16), 8));
    check_mcuboot(image, file, *header);
    return image;
}

}  // namespace updraft::firmware::images
