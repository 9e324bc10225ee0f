// A RAUC bundle: a squashfs (or its encrypted form), then a signature (CMS), then the length of the
// signature in eight bytes. In "verity" and "crypt" bundles the signature contains the manifest; in
// "plain" bundles the manifest is inside the compressed file system, which is not read.
#include <algorithm>

#include "firmware/images/extent.h"
#include "firmware/images/fields.h"
#include "firmware/images/readers.h"
#include "vocabulary/ascii.h"

namespace updraft::firmware::images {
namespace {

constexpr std::int64_t trailer_bytes = 8;
constexpr std::int64_t signature_bytes_max = 256 * 1024;

constexpr std::uint32_t tag_octets = 0x04;
constexpr std::uint32_t tag_object = 0x06;
constexpr std::uint32_t tag_sequence = 0x30;
constexpr std::uint32_t tag_content = 0xA0;  // [0], explicit.
constexpr std::uint32_t constructed = 0x20;

// The DER encodings of 1.2.840.113549.1.7.2 and 1.2.840.113549.1.7.3.
constexpr std::string_view signed_data = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
constexpr std::string_view enveloped_data = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03";

struct Element {
    std::uint32_t tag = 0;
    std::string_view content;
};

// Removes the next DER element from `rest` and returns it; nothing when it is longer than `rest`.
std::optional<Element> next_element(std::string_view& rest) {
    if (rest.size() < 2) return std::nullopt;
    auto const tag = byte_at(rest, 0);
    std::size_t length = byte_at(rest, 1);
    rest.remove_prefix(2);
    if (length >= 0x80) {
        auto const digits = length - 0x80;
        if (digits < 1 || digits > 4 || rest.size() < digits) return std::nullopt;
        length = 0;
        for (std::size_t i = 0; i < digits; ++i) length = length << 8U | byte_at(rest, i);
        rest.remove_prefix(digits);
    }
    if (length > rest.size()) return std::nullopt;
    Element const element{tag, rest.substr(0, length)};
    rest.remove_prefix(length);
    return element;
}

// The content of the next element; nothing when it has another tag.
std::optional<std::string_view> next_of(std::string_view& rest, std::uint32_t tag) {
    auto const element = next_element(rest);
    if (!element || element->tag != tag) return std::nullopt;
    return element->content;
}

struct Signature {
    bool is_enveloped = false;
    std::string manifest;  // Empty when the signed data is not inside the signature.
};

// The signed bytes, which DER may store in one piece or in several.
std::string octets_in(std::string_view content) {
    auto const element = next_element(content);
    if (!element) return {};
    if (element->tag == tag_octets) return std::string(element->content);
    if (element->tag != (tag_octets | constructed)) return {};
    std::string joined;
    auto rest = element->content;
    while (auto const piece = next_of(rest, tag_octets)) joined += *piece;
    return joined;
}

std::optional<Signature> read_signature(std::string_view bytes) {
    auto outer = next_of(bytes, tag_sequence);
    if (!outer) return std::nullopt;
    auto const kind = next_of(*outer, tag_object);
    if (kind == enveloped_data) return Signature{.is_enveloped = true, .manifest = {}};
    if (kind != signed_data) return std::nullopt;
    Signature signature;
    auto wrapped = next_of(*outer, tag_content);
    auto data = wrapped ? next_of(*wrapped, tag_sequence) : std::nullopt;
    if (!data) return std::nullopt;
    // The version and the digest algorithms precede the signed content.
    if (!next_element(*data) || !next_element(*data)) return std::nullopt;
    auto inside = next_of(*data, tag_sequence);
    if (!inside || !next_of(*inside, tag_object)) return std::nullopt;
    if (auto const content = next_of(*inside, tag_content)) {
        signature.manifest = octets_in(*content);
    }
    return signature;
}

std::optional<Signature> signature_at_end(Peek& file) {
    auto const trailer = file.exactly(file.bytes() - trailer_bytes, trailer_bytes);
    if (!trailer || be32(*trailer, 0) != 0) return std::nullopt;
    auto const bytes = std::int64_t{be32(*trailer, 4)};
    if (bytes == 0 || bytes > signature_bytes_max) return std::nullopt;
    auto const at = file.bytes() - trailer_bytes - bytes;
    auto const signature = file.exactly(at, static_cast<std::size_t>(bytes));
    if (!signature) return std::nullopt;
    return read_signature(*signature);
}

// The bytes of the squashfs at the beginning of the file, by its superblock; 0 when there is none.
std::int64_t squashfs_bytes(Peek& file) {
    constexpr std::size_t superblock_bytes = 96;
    auto const block = file.exactly(0, superblock_bytes);
    if (!block || !block->starts_with("hsqs") || le16(*block, 28) != 4) return 0;
    auto const high = le32(*block, 44);
    if (high >= 0x80000000U) return 0;
    return std::int64_t{high} << 32U | std::int64_t{le32(*block, 40)};
}

constexpr std::string_view blanks = " \t\r";

// The value of a key in a text of "[section]" and "key=value" lines; empty when missing.
std::string value_in(std::string_view manifest, std::string_view section, std::string_view key) {
    bool inside = false;
    while (!manifest.empty()) {
        auto const end = std::min(manifest.find('\n'), manifest.size());
        auto const line = trimmed(manifest.substr(0, end), blanks);
        manifest.remove_prefix(std::min(end + 1, manifest.size()));
        if (line.starts_with('[')) {
            inside = line.ends_with(']') && line.substr(1, line.size() - 2) == section;
            continue;
        }
        auto const equals = line.find('=');
        if (!inside || equals == std::string_view::npos) continue;
        if (trimmed(line.substr(0, equals), blanks) == key) {
            return std::string(trimmed(line.substr(equals + 1), blanks));
        }
    }
    return {};
}

}  // namespace

std::optional<Image> read_rauc(Peek& file) {
    auto const signature = signature_at_end(file);
    if (!signature) return std::nullopt;
    auto const is_plain = file.exactly(0, 4) == "hsqs";
    auto const said = value_in(signature->manifest, "bundle", "format");
    // Other files may end with a signature too. It is a bundle only if it has a squashfs, an
    // encrypted signature, or a manifest inside the signature.
    if (!is_plain && !signature->is_enveloped && said.empty()) return std::nullopt;
    Image image{.format = Format::rauc, .version = {}, .facts = {}};
    image.tell_version(value_in(signature->manifest, "update", "version"));
    std::string_view const otherwise = signature->is_enveloped ? "crypt" : "plain";
    image.tell("bundleFormat", said.empty() ? otherwise : std::string_view(said));
    for (auto const* const key : {"compatible", "description", "build"}) {
        image.tell(key, std::string_view(value_in(signature->manifest, "update", key)));
    }
    reaches(image, file, squashfs_bytes(file));
    return image;
}

std::optional<Image> read_cut_squashfs(Peek& file) {
    Image image{.format = Format::raw, .version = {}, .facts = {}};
    if (reaches(image, file, squashfs_bytes(file))) return std::nullopt;
    return image;
}

}  // namespace updraft::firmware::images
