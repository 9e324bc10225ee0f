// Firmware files built byte by byte, as the specifications of the formats say.
//
// Lives here: valid files of each format, and the parts to build malformed ones.
//
// Not here:   what is read from them (promises/firmware/inspect_test.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace updraft::firmware::made {

// The number in `bytes` bytes, little-endian and big-endian.
[[nodiscard]] std::string le(std::uint64_t number, std::size_t bytes);
[[nodiscard]] std::string be(std::uint64_t number, std::size_t bytes);
// The CRC-32 that boot loaders use.
[[nodiscard]] std::uint32_t crc_of(std::string_view content);
// The text, padded with NULs to `bytes` bytes.
[[nodiscard]] std::string padded(std::string_view text, std::size_t bytes);

// Name and content of each member of an archive.
using Members = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string cpio(Members const& members);
[[nodiscard]] std::string tar(Members const& members);
[[nodiscard]] std::string gzip(std::string_view content);

inline constexpr std::string_view sw_description =
    "software =\n{\n\tversion = \"1.4.0\"; // ours\n\tdescription = \"Gate\" \"way\";\n"
    "\thardware-compatibility: [ \"1.0\", \"1.2\" ];\n"
    "\tboard = { hardware-compatibility = [ \"#rev\", \"1.2\" ]; };\n"
    "\timages: ( { filename = \"rootfs.img\"; version = \"9\"; } );\n}\n";
[[nodiscard]] std::string swu(std::string_view description = sw_description);

// A bundle: the magic number of a squashfs, a signature that contains `manifest` (or nothing), and
// the length of the signature.
[[nodiscard]] std::string rauc(std::string_view manifest, std::string_view file_system = "hsqs");
inline constexpr std::string_view rauc_manifest =
    "[update]\ncompatible=Lamp 3\nversion=2026.11-1\n\n[bundle]\nformat=verity\n"
    "verity-hash=00\n\n[image.rootfs]\nversion=7\n";

[[nodiscard]] std::string mender(std::string_view header_name, std::string const& header);
[[nodiscard]] std::string mender_header();
// With a manifest, whose digest of the only file in the payload is that of `named`.
[[nodiscard]] std::string whole_mender(std::string_view named, std::string const& content,
                                       bool packed = false);
[[nodiscard]] std::string raw_sha256(std::string_view bytes);

[[nodiscard]] std::string zigbee(std::uint32_t file_version = 0x10023701);
// `hashed`: the SHA-256 follows the checksum.
[[nodiscard]] std::string esp_idf(std::string_view version = "v2.1", bool hashed = true);
[[nodiscard]] std::string mcuboot(std::uint32_t build = 4, std::uint32_t flags = 0);
[[nodiscard]] std::string uimage();
[[nodiscard]] std::string elf();    // 32 bits, little-endian.
[[nodiscard]] std::string elf64();  // 64 bits, big-endian; the segment is at the end.

// Parts of a device tree. The caller joins the tokens.
[[nodiscard]] std::string node(std::string_view name);
[[nodiscard]] std::string prop(std::uint32_t name_at, std::string_view value);
[[nodiscard]] std::string device_tree(std::string const& tokens);
inline constexpr std::uint32_t description_name = 0;  // Offsets in the strings of device_tree().
inline constexpr std::uint32_t timestamp_name = 12;
inline constexpr std::uint32_t data_name = 22;
inline constexpr std::uint32_t data_size_name = 27;
inline constexpr std::uint32_t data_offset_name = 37;
[[nodiscard]] std::string fit();
[[nodiscard]] std::string fit_with_data_behind();

}  // namespace updraft::firmware::made
