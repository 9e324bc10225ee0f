#include "made_images.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "text/hex.h"
#include "vocabulary/digest.h"

namespace updraft::firmware::made {
namespace {

std::string aligned(std::string bytes, std::size_t to) {
    bytes.resize((bytes.size() + to - 1) / to * to, '\0');
    return bytes;
}

std::string hex8(std::size_t number) {
    constexpr std::string_view letters = "0123456789ABCDEF";
    std::string text(8, '0');
    for (std::size_t at = 8; at > 0; number /= 16) text[--at] = letters[number % 16];
    return text;
}

std::string octal(std::size_t number, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t at = digits; at > 0; number /= 8) {
        text[--at] = static_cast<char>('0' + number % 8);
    }
    return text;
}

// A DER element whose length always takes two bytes, which decoders accept.
std::string der(int tag, std::string const& content) {
    return std::string(1, static_cast<char>(tag)) + '\x82' + be(content.size(), 2) + content;
}

}  // namespace

std::string raw_sha256(std::string_view bytes) {
    auto const digest = sha256(bytes);
    return {digest.begin(), digest.end()};
}

std::string le(std::uint64_t number, std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i, number >>= 8U) {
        text += static_cast<char>(number & 0xFFU);
    }
    return text;
}

std::string be(std::uint64_t number, std::size_t bytes) {
    auto text = le(number, bytes);
    std::ranges::reverse(text);
    return text;
}

std::uint32_t crc_of(std::string_view content) {
    std::vector<Bytef> const bytes(content.begin(), content.end());
    return static_cast<std::uint32_t>(crc32(0, bytes.data(), static_cast<uInt>(bytes.size())));
}

std::string padded(std::string_view text, std::size_t bytes) {
    std::string field(text);
    field.resize(bytes, '\0');
    return field;
}

std::string cpio(Members const& members) {
    std::string archive;
    for (auto const& [name, content] : members) {
        std::string header = "070702";
        for (std::size_t i = 0; i < 6; ++i) header += hex8(i == 4 ? 1 : 0);
        header += hex8(content.size());
        for (std::size_t i = 0; i < 4; ++i) header += hex8(0);
        std::size_t sum = 0;
        for (auto const c : content) sum += static_cast<unsigned char>(c);
        header += hex8(name.size() + 1) + hex8(sum);
        archive += aligned(header + name + '\0', 4) + aligned(content, 4);
    }
    return archive;
}

std::string tar(Members const& members) {
    std::string archive;
    for (auto const& [name, content] : members) {
        auto header = padded(name, 100) + padded("0000644", 8) + padded("", 16) +
                      octal(content.size(), 11) + '\0' + octal(0, 11) + '\0' + "        " +
                      (name == "pax" ? 'x' : '0') + padded("", 100) + padded("ustar", 6) + "00";
        header = padded(header, 512);
        std::size_t sum = 0;
        for (auto const c : header) sum += static_cast<unsigned char>(c);
        header.replace(148, 7, octal(sum, 6) + '\0');
        archive += header + aligned(content, 512);
    }
    return archive + std::string(1024, '\0');
}

std::string gzip(std::string_view content) {
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib");
    }
    std::vector<Bytef> in(content.begin(), content.end());
    std::vector<Bytef> out(deflateBound(&stream, in.size()));
    stream.next_in = in.data();
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return {out.begin(), out.end()};
}

std::string swu(std::string_view description) {
    return cpio({{"sw-description", std::string(description)},
                 {"sw-description.sig", "signature"},
                 {"rootfs.img", "bytes"},
                 {"TRAILER!!!", ""}});
}

std::string rauc(std::string_view manifest, std::string_view file_system) {
    using namespace std::string_literals;
    auto const data = der(6, "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"s);
    auto const inside = manifest.empty() ? ""s : der(0xA0, der(4, std::string(manifest)));
    auto const signature =
        der(0x30, der(6, "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"s) +
                      der(0xA0, der(0x30, der(2, "\x03") + der(0x31, "") +
                                              der(0x30, data + inside) + der(0x31, ""))));
    return padded(file_system, 4096) + signature + be(signature.size(), 8);
}

std::string mender(std::string_view header_name, std::string const& header) {
    return tar({{"version", R"({"format":"mender","version":3})"},
                {"manifest", "00  data/0000.tar.gz\n"},
                {std::string(header_name), header},
                {"data/0000.tar.gz", "bytes"}});
}

std::string mender_header() {
    return tar({{"pax", "20 mtime=1.5\n"},
                {"header-info", R"({"payloads":[{"type":"rootfs-image"}],)"
                                R"("artifact_provides":{"artifact_name":"lamp-3.1"},)"
                                R"("artifact_depends":{"device_type":["lamp","lamp2"]}})"},
                {"headers/0000/type-info",
                 R"({"type":"rootfs-image","artifact_provides":)"
                 R"({"rootfs-image.checksum":"00","rootfs-image.version":"3.1"}})"}});
}

std::string whole_mender(std::string_view named, std::string const& content, bool packed) {
    std::string const version = R"({"format":"mender","version":3})";
    auto const header = mender_header();
    auto const line = [](std::string_view bytes, std::string_view name) {
        return text::hex(raw_sha256(bytes)) + "  " + std::string(name) + "\n";
    };
    auto const manifest =
        line(version, "version") + line(header, "header.tar") + line(named, "data/0000/rootfs.img");
    auto const payload = tar({{"rootfs.img", content}});
    return tar({{"version", version},
                {"manifest", manifest},
                {"header.tar", header},
                {packed ? "data/0000.tar.gz" : "data/0000.tar", packed ? gzip(payload) : payload}});
}

std::string zigbee(std::uint32_t file_version) {
    auto const body = le(0, 2) + le(4, 4) + "zzzz";  // One element.
    return le(0x0BEEF11E, 4) + le(0x0100, 2) + le(56, 2) + le(0, 2) + le(0x117C, 2) +
           le(0x2101, 2) + le(file_version, 4) + le(2, 2) + padded("EBL tradfri", 32) +
           le(56 + body.size(), 4) + body;
}

std::string esp_idf(std::string_view version, bool hashed) {
    auto const header = "\xE9\x02" + le(0x0020, 2) + le(0x40080000, 4) + le(0, 4) + le(9, 2) +
                        le(0, 9) + (hashed ? '\1' : '\0');
    auto const app = le(0xABCD5432, 4) + le(3, 4) + le(0, 8) + padded(version, 32) +
                     padded("lamp", 32) + padded("10:11:12", 16) + padded("Nov 23 2026", 16) +
                     padded("v5.1.2", 32) + padded("", 32) + padded("", 80);
    std::string const code(70, 'e');
    unsigned char sum = 0xEF;
    for (auto const c : app + code) sum = static_cast<unsigned char>(sum ^ c);
    auto file = header + le(0x3F400020, 4) + le(app.size(), 4) + app + le(0x40080000, 4) +
                le(code.size(), 4) + code;
    file = padded(file, file.size() / 16 * 16 + 15) + static_cast<char>(sum);
    return hashed ? file + raw_sha256(file) : file;
}

std::string mcuboot(std::uint32_t build, std::uint32_t flags) {
    auto const header = le(0x96F3B83D, 4) + le(0x8000, 4) + le(0x200, 2) + le(12, 2) + le(100, 4) +
                        le(flags, 4) + "\x01\x02" + le(300, 2) + le(build, 4) + le(0, 4);
    auto const protected_entries = le(0x6908, 2) + le(12, 2) + le(0x50, 2) + le(4, 2) + le(7, 4);
    auto const image = padded(header, 0x200) + std::string(100, 'm') + protected_entries;
    return image + le(0x6907, 2) + le(4 + 6 + 36, 2) + le(1, 2) + le(2, 2) + "kk" + le(0x10, 2) +
           le(32, 2) + raw_sha256(image);
}

std::string uimage() {
    auto header = be(0x27051956, 4) + be(0, 4) + be(1'795'467'600, 4) + be(5, 4) +
                  be(0x80008000, 4) + be(0x80008040, 4) + be(crc_of("bytes"), 4) +
                  "\x05\x02\x02\x01" + padded("Linux-6.1", 32);
    header.replace(4, 4, be(crc_of(header), 4));
    return header + "bytes";
}

std::string elf() {
    return std::string(
               "\x7f"
               "ELF\x01\x01\x01") +
           le(0, 9) + le(2, 2) + le(40, 2) + le(1, 4) + le(0, 4) + le(52, 4) + le(92, 4) +
           le(0, 4) + le(52, 2) + le(32, 2) + le(1, 2) + le(40, 2) + le(1, 2) + le(0, 2) +
           le(1, 4) + le(84, 4) + le(0, 8) + le(8, 4) + le(8, 4) + le(5, 4) + le(4, 4) +
           "segment." + std::string(40, '\0');
}

std::string elf64() {
    return std::string(
               "\x7f"
               "ELF\x02\x02\x01") +
           be(0, 9) + be(2, 2) + be(183, 2) + be(1, 4) + be(0, 8) + be(64, 8) + be(128, 8) +
           be(0, 4) + be(64, 2) + be(56, 2) + be(1, 2) + be(64, 2) + be(0, 2) + be(0, 2) +
           be(1, 4) + be(5, 4) + be(120, 8) + be(0, 16) + be(8, 8) + be(8, 8) + be(4, 8) +
           "segment.";
}

std::string node(std::string_view name) { return be(1, 4) + aligned(std::string(name) + '\0', 4); }

std::string prop(std::uint32_t name_at, std::string_view value) {
    return be(3, 4) + be(value.size(), 4) + be(name_at, 4) + aligned(std::string(value), 4);
}

std::string device_tree(std::string const& tokens) {
    auto const strings = std::string("description\0timestamp\0data\0data-size\0data-offset\0", 49);
    auto const header = be(0xD00DFEED, 4) + be(56 + tokens.size() + strings.size(), 4) + be(56, 4) +
                        be(56 + tokens.size(), 4) + be(40, 4) + be(17, 4) + be(16, 4) + be(0, 4) +
                        be(strings.size(), 4) + be(tokens.size(), 4);
    return header + be(0, 16) + tokens + strings;
}

std::string fit() {
    return device_tree(node("") + prop(timestamp_name, be(1'795'467'600, 4)) +
                       prop(description_name, std::string("Lamp kernel\0", 12)) + be(4, 4) +
                       node("images") + node("kernel-1") +
                       prop(data_name, std::string(10'001, 'k')) + node("hash-1") + be(2, 4) +
                       be(2, 4) + node("fdt-1") + be(2, 4) + be(2, 4) + node("configurations") +
                       be(2, 4) + be(2, 4) + be(9, 4));
}

std::string fit_with_data_behind() {
    auto const tree = device_tree(
        node("") + node("images") + node("kernel-1") + prop(data_offset_name, be(4, 4)) +
        prop(data_size_name, be(8, 4)) + be(2, 4) + be(2, 4) + be(2, 4) + be(9, 4));
    return aligned(tree, 4) + "pad." + "kernel..";
}

}  // namespace updraft::firmware::made
