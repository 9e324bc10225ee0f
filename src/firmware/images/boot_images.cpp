// Files with one fixed header that boot loaders load: U-Boot's legacy image, ELF.
#include <zlib.h>

#include <array>
#include <span>

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

}  // namespace

std::optional<Image> read_uimage(Peek& file) {
    constexpr std::size_t header_bytes = 64;
    auto const start = file.exactly(0, 4);
    if (!start || be32(*start, 0) != 0x27051956) return std::nullopt;
    Image image{.format = Format::uimage, .version = {}, .facts = {}};
    auto const header = file.exactly(0, header_bytes);
    if (!header) return image;
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
    return image;
}

std::optional<Image> read_elf(Peek& file) {
    constexpr std::size_t header_bytes = 20;
    auto const start = file.exactly(0, 4);
    if (!start || *start !=
                      "\x7f"
                      "ELF")
        return std::nullopt;
    Image image{.format = Format::elf, .version = {}, .facts = {}};
    auto const header = file.exactly(0, header_bytes);
    if (!header) return image;
    auto const wide = byte_at(*header, 4);
    auto const order = byte_at(*header, 5);
    if ((wide != 1 && wide != 2) || (order != 1 && order != 2)) return image;
    image.tell("class", wide == 1 ? "ELF32" : "ELF64");
    image.tell("byteOrder", order == 1 ? "little" : "big");
    image.tell("machine", word_of(machines, order == 1 ? le16(*header, 18) : be16(*header, 18)));
    return image;
}

}  // namespace updraft::firmware::images
