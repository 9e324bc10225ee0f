// SWUpdate's .swu: a cpio archive whose first member is "sw-description".
#include <algorithm>
#include <map>
#include <set>

#include "firmware/images/extent.h"
#include "firmware/images/fields.h"
#include "firmware/images/readers.h"
#include "firmware/images/settings_text.h"
#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft::firmware::images {
namespace {

constexpr std::size_t entry_header_bytes = 110;
constexpr std::int64_t entry_name_bytes_max = 256;
constexpr std::int64_t description_bytes_max = 1024 * 1024;

constexpr std::string_view last_name = "TRAILER!!!";

struct Member {
    std::string name;
    std::optional<std::uint32_t> sum;  // Of its bytes; only in the format "070702".
    std::int64_t at = 0;
    std::int64_t bytes = 0;
    std::int64_t next = 0;
};

// The header's numbers are eight hexadecimal digits each.
std::optional<std::int64_t> number_at(std::string_view header, std::size_t at) {
    return text::read_whole<std::uint32_t>(header.substr(at, 8), 16);
}

std::optional<Member> member_at(Peek& file, std::int64_t at) {
    auto const header = file.exactly(at, entry_header_bytes);
    if (!header || (!header->starts_with("070701") && !header->starts_with("070702"))) {
        return std::nullopt;
    }
    auto const bytes = number_at(*header, 54);
    auto const name_bytes = number_at(*header, 94);
    if (!bytes || !name_bytes || *name_bytes > entry_name_bytes_max) return std::nullopt;
    auto const name_at = at + static_cast<std::int64_t>(entry_header_bytes);
    auto name = file.text(name_at, static_cast<std::size_t>(*name_bytes));
    if (!name) return std::nullopt;
    auto const content_at = aligned_to_4(name_at + *name_bytes);
    auto const summed = header->starts_with("070702");
    return Member{.name = *std::move(name),
                  .sum = summed ? text::read_whole<std::uint32_t>(
                                      std::string_view(*header).substr(102, 8), 16)
                                : std::nullopt,
                  .at = content_at,
                  .bytes = *bytes,
                  .next = aligned_to_4(content_at + *bytes)};
}

// What the description says of the other members.
struct Named {
    std::vector<std::string> files;
    std::set<std::string, std::less<>> digests;  // SHA-256, in lower-case hexadecimal digits.
    std::size_t digest_count = 0;
};
constexpr std::size_t named_files_max = 1000;

void take_named(Named& named, std::string_view name, std::string_view value) {
    if (name == "filename" && named.files.size() < named_files_max) named.files.emplace_back(value);
    if (name != "sha256") return;
    std::string digest(value);
    std::ranges::transform(digest, digest.begin(), [](char c) { return ascii_lower(c); });
    named.digests.insert(std::move(digest));
    ++named.digest_count;
}

// `hardware-compatibility` may be at the top level or in each board's group.
Named tell_description(Image& image, std::string_view text) {
    Named named;
    std::vector<std::string> hardware;
    each_setting(text, [&](std::span<std::string const> names, std::string_view value) {
        if (names.size() < 2 || names.front() != "software") return;
        auto const& name = names.back();
        take_named(named, name, value);
        if (name == "hardware-compatibility") {
            std::string one(value.substr(0, fact_bytes_max));
            if (hardware.size() < fact_texts_max &&
                std::ranges::find(hardware, one) == hardware.end()) {
                hardware.push_back(std::move(one));
            }
        } else if (names.size() == 2 && name == "version" && !image.version) {
            image.tell_version(value);
        } else if (names.size() == 2 && name == "description") {
            image.tell("description", value);
        }
    });
    image.tell("hardwareCompatibility", hardware);
    return named;
}

bool content_is_intact(Peek& file, Member const& member) {
    if (!member.sum) return true;
    std::uint32_t sum = 0;
    bool const read = each_piece(file, member.at, member.bytes, [&](std::string_view piece) {
        for (auto const c : piece) sum += static_cast<unsigned char>(c);
    });
    return !read || sum == *member.sum;
}

// A description whose every file has a digest must have that of each one. Where some have none, it
// is not known here whose the others are.
void check_named(Image& image, Peek& file, Named const& named,
                 std::map<std::string, Member> const& members) {
    for (auto const& name : named.files) {
        auto const member = members.find(name);
        if (member == members.end()) {
            image.tell_damage("damaged: sw-description names " + name + ", which is not in it");
            return;
        }
        if (named.digest_count != named.files.size()) continue;
        auto const digest = sha256_of(file, member->second.at, member->second.bytes);
        if (!digest || named.digests.contains(*digest)) continue;
        image.tell_damage("damaged: the SHA-256 of " + name + " is not in sw-description");
        return;
    }
}

// Every member up to the one that ends the archive.
void check_archive(Image& image, Peek& file, Named const& named) {
    std::map<std::string, Member> members;
    for (std::int64_t at = 0; file.allowance() > 0;) {
        auto const member = member_at(file, at);
        if (!member && file.allowance() == 0) return;
        if (!member) {
            image.tell_damage("cut short or damaged: no member of the archive begins at byte " +
                              std::to_string(at));
            return;
        }
        if (member->name == last_name) return check_named(image, file, named, members);
        if (!reaches(image, file, member->at + member->bytes)) return;
        if (!content_is_intact(file, *member)) {
            image.tell_damage("damaged: the checksum of " + member->name + " is wrong");
            return;
        }
        at = member->next;
        members.emplace(member->name, *member);
    }
}

// A file that ends in the header or in the name of its first member; nothing for others.
std::optional<Image> read_cut_swu(Peek& file) {
    constexpr std::string_view first_name{"sw-description\0", 15};
    constexpr auto whole = entry_header_bytes + first_name.size();
    constexpr std::size_t magic_bytes = 6;
    auto const begun = file.up_to(0, whole);
    if (begun.size() == whole || begun.size() < magic_bytes) return std::nullopt;
    if (!begun.starts_with("070701") && !begun.starts_with("070702")) return std::nullopt;
    auto const name = std::string_view(begun).substr(std::min(begun.size(), entry_header_bytes));
    if (!first_name.starts_with(name)) return std::nullopt;
    Image image{.format = Format::swu, .version = {}, .facts = {}};
    reaches(image, file, static_cast<std::int64_t>(whole));
    return image;
}

}  // namespace

std::optional<Image> read_swu(Peek& file) {
    if (auto cut = read_cut_swu(file)) return cut;
    auto const first = member_at(file, 0);
    if (!first || first->name != "sw-description") return std::nullopt;
    Image image{.format = Format::swu, .version = {}, .facts = {}};
    Named named;
    if (first->bytes <= description_bytes_max) {
        auto const text = file.exactly(first->at, static_cast<std::size_t>(first->bytes));
        if (text) named = tell_description(image, *text);
        auto const second = member_at(file, first->next);
        if (second && second->name == "sw-description.sig") image.tell("signature", "present");
    }
    check_archive(image, file, named);
    return image;
}

}  // namespace updraft::firmware::images
