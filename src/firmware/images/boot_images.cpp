// Files with one fixed header that boot loaders load: U-Boot's legacy image, ELF.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <span>

#include "firmware/images/extent.h"
#include "firmware/images/fields.h"
#include "firmware/images/readers.h"
#include "vocabulary/instant.h"

namespace updraft::firmware::images {
namespace {

struct Word {
    std::uint32_t number;
    std::string_view word;
};

// The name of the number; the number itself, as text, when it has no name here.
std::string word_of(std::span<Word const> words, std::uint32_t number) {
    for (auto const& each : words) {
        if (each.number == number) return std::string(each.word);
    }
    return std::to_string(number);
}

constexpr auto types = std::to_array<Word>({{1, "standalone"},
                                            {2, "kernel"},
                                            {3, "ramdisk"},
                                            {4, "multi"},
                                            {5, "firmware"},
                                            {6, "script"},
                                            {7, "filesystem"},
                                            {8, "flat_dt"},
                                            {14, "kernel_noload"}});
constexpr auto architectures = std::to_array<Word>({{2, "arm"},
                                                    {3, "x86"},
                                                    {5, "mips"},
                                                    {6, "mips64"},
                                                    {7, "powerpc"},
                                                    {9, "sh"},
                                                    {12, "m68k"},
                                                    {14, "microblaze"},
                                                    {15, "nios2"},
                                                    {20, "sandbox"},
                                                    {22, "arm64"},
                                                    {23, "arc"},
                                                    {24, "x86_64"},
                                                    {25, "xtensa"},
                                                    {26, "riscv"}});
constexpr auto systems = std::to_array<Word>({{1, "openbsd"},
                                              {2, "netbsd"},
                                              {3, "freebsd"},
                                              {5, "linux"},
                                              {14, "vxworks"},
                                              {16, "qnx"},
                                              {17, "u-boot"},
                                              {18, "rtems"},
                                              {25, "arm-trusted-firmware"},
                                              {26, "tee"},
                                              {27, "opensbi"}});
constexpr auto compressions = std::to_array<Word>(
    {{0, "none"}, {1, "gzip"}, {2, "bzip2"}, {3, "lzma"}, {4, "lzo"}, {5, "lz4"}, {6, "zstd"}});
constexpr auto machines = std::to_array<Word>({{3, "x86"},
                                               {4, "m68k"},
                                               {8, "mips"},
                                               {20, "powerpc"},
                                               {21, "powerpc64"},
                                               {22, "s390"},
                                               {40, "arm"},
                                               {42, "sh"},
                                               {62, "x86_64"},
                                               {83, "avr"},
                                               {93, "arc"},
                                               {94, "xtensa"},
                                               {105, "msp430"},
                                               {183, "arm64"},
                                               {195, "arcv2"},
                                               {243, "riscv"},
                                               {258, "loongarch"}});

// The header's checksum is computed with zeros in the checksum field.
bool header_is_intact(std::string header) {
    auto const said = be32(header, 4);
    for (std::size_t at = 4; at < 8; ++at) header[at] = '\0';
    std::vector<Bytef> const bytes(header.begin(), header.end());
    return ::crc32(0, bytes.data(), static_cast<uInt>(bytes.size())) == said;
}

// The data follow the header.
void check_uimage(Image& image, Peek& file, std::string_view header) {
    auto const header_bytes = static_cast<std::int64_t>(header.size());
    if (!header_is_intact(std::string(header))) {
        image.tell_damage("damaged: the checksum of its header is wrong");
        return;
    }
    auto const bytes = std::int64_t{be32(header, 12)};
    if (!reaches(image, file, header_bytes + bytes)) return;
    auto sum = ::crc32(0, nullptr, 0);
    bool const read = each_piece(file, header_bytes, bytes, [&](std::string_view piece) {
        std::vector<Bytef> const copy(piece.begin(), piece.end());
        sum = ::crc32(sum, copy.data(), static_cast<uInt>(copy.size()));
    });
    if (read && sum != be32(header, 24)) {
        image.tell_damage("damaged: the checksum in its header is not that of its data");
    }
}

// The numbers of an ELF file, in its byte order and of its width.
class ElfNumbers {
public:
    ElfNumbers(bool wide, bool little) : wide_(wide), little_(little) {}

    // The offset of the field that is at `narrow` in ELF32 and at `wide` in ELF64.
    [[nodiscard]] std::size_t at(std::size_t narrow, std::size_t wide) const {
        return wide_ ? wide : narrow;
    }
    [[nodiscard]] std::uint16_t half(std::string_view bytes, std::size_t at) const {
        return little_ ? le16(bytes, at) : be16(bytes, at);
    }
    // An offset or a size. What no file can have becomes the largest number that can be added.
    [[nodiscard]] std::int64_t extent(std::string_view bytes, std::size_t at) const {
        constexpr std::uint64_t extent_max = INT64_MAX / 4;
        auto const first = word(bytes, at);
        if (!wide_) return std::int64_t{first};
        auto const second = word(bytes, at + 4);
        auto const number =
            little_ ? std::uint64_t{second} << 32U | first : std::uint64_t{first} << 32U | second;
        return static_cast<std::int64_t>(std::min(number, extent_max));
    }

private:
    [[nodiscard]] std::uint32_t word(std::string_view bytes, std::size_t at) const {
        return little_ ? le32(bytes, at) : be32(bytes, at);
    }

    bool wide_;
    bool little_;
};

// Both tables and the content of all segments.
void check_elf(Image& image, Peek& file, ElfNumbers const& read) {
    auto const header_bytes = read.at(52, 64);
    auto const header = file.exactly(0, header_bytes);
    if (!header) {
        reaches(image, file, static_cast<std::int64_t>(header_bytes));
        return;
    }
    auto const segments_at = read.extent(*header, read.at(28, 32));
    auto const sections_at = read.extent(*header, read.at(32, 40));
    auto const segment_bytes = read.half(*header, read.at(42, 54));
    auto const segments = read.half(*header, read.at(44, 56));
    auto const section_bytes = read.half(*header, read.at(46, 58));
    auto const sections = read.half(*header, read.at(48, 60));
    if (!reaches(image, file, sections_at + std::int64_t{section_bytes} * sections)) return;
    if (!reaches(image, file, segments_at + std::int64_t{segment_bytes} * segments)) return;
    if (segment_bytes < read.at(32, 56)) return;
    for (std::int64_t i = 0; i < segments; ++i) {
        auto const segment = file.exactly(segments_at + i * segment_bytes, segment_bytes);
        if (!segment) return;
        auto const begin = read.extent(*segment, read.at(4, 8));
        if (!reaches(image, file, begin + read.extent(*segment, read.at(16, 32)))) return;
    }
}

}  // namespace

std::optional<Image> read_uimage(Peek& file) {
    constexpr std::size_t header_bytes = 64;
    auto const start = file.exactly(0, 4);
    if (!start || be32(*start, 0) != 0x27051956) return std::nullopt;
    Image image{.format = Format::uimage, .version = {}, .facts = {}};
    auto const header = file.exactly(0, header_bytes);
    if (!header) {
        reaches(image, file, header_bytes);
        return image;
    }
    image.tell("name", padded(*header, 32, 32));
    image.tell("type", word_of(types, byte_at(*header, 30)));
    image.tell("os", word_of(systems, byte_at(*header, 28)));
    image.tell("architecture", word_of(architectures, byte_at(*header, 29)));
    image.tell("compression", word_of(compressions, byte_at(*header, 31)));
    image.tell("built", rfc3339({std::int64_t{be32(*header, 8)} * 1000}));
    image.tell("imageSize", std::int64_t{be32(*header, 12)});
    image.tell("loadAddress", as_hex(be32(*header, 16), 8));
    image.tell("entryPoint", as_hex(be32(*header, 20), 8));
    image.tell("header", header_is_intact(*header) ? "intact" : "damaged");
    check_uimage(image, file, *header);
    return image;
}

std::optional<Image> read_elf(Peek& file) {
    constexpr std::size_t start_bytes = 20;
    auto const start = file.exactly(0, 4);
    if (!start || *start !=
                      "\x7f"
                      "ELF")
        return std::nullopt;
    Image image{.format = Format::elf, .version = {}, .facts = {}};
    auto const header = file.exactly(0, start_bytes);
    if (!header) {
        reaches(image, file, start_bytes);
        return image;
    }
    auto const wide = byte_at(*header, 4);
    auto const order = byte_at(*header, 5);
    if ((wide != 1 && wide != 2) || (order != 1 && order != 2)) return image;
    image.tell("class", wide == 1 ? "ELF32" : "ELF64");
    image.tell("byteOrder", order == 1 ? "little" : "big");
    image.tell("machine", word_of(machines, order == 1 ? le16(*header, 18) : be16(*header, 18)));
    check_elf(image, file, ElfNumbers(wide == 2, order == 1));
    return image;
}

}  // namespace updraft::firmware::images
