// A Mender artifact: a tar whose first member is "version". Its description is in the member
// "header.tar", a tar that may be compressed.
#include <algorithm>
#include <functional>
#include <map>

#include "firmware/images/extent.h"
#include "firmware/images/inflate.h"
#include "firmware/images/readers.h"
#include "firmware/images/tar.h"
#include "json/reader.h"

namespace updraft::firmware::images {
namespace {

constexpr std::int64_t text_bytes_max = 64 * 1024;  // Of a JSON file.
constexpr std::size_t header_bytes_max = 1024 * 1024;
constexpr int members_max = 32;

std::optional<json::Object> read_json(Peek& file, TarMember const& member) {
    if (member.bytes > text_bytes_max) return std::nullopt;
    auto const text = file.exactly(member.at, static_cast<std::size_t>(member.bytes));
    auto object = text ? json::read_object(*text) : fail(Errc::invalid, "");
    if (!object) return std::nullopt;
    return *std::move(object);
}

std::string text_in(json::Object const& object, std::string_view name) {
    auto const text = json::text_member(object, name);
    return text ? text->value_or("") : "";
}

json::Object const* object_in(json::Object const& object, std::string_view name) {
    auto const inner = json::object_member(object, name);
    return inner ? *inner : nullptr;
}

// The texts of a member that is a list of texts or a single text.
std::vector<std::string> texts_in(json::Object const& object, std::string_view name) {
    auto const value = object.find(name);
    if (!value || *value == nullptr) return {};
    if (auto const* const text = (*value)->string()) return {*text};
    std::vector<std::string> texts;
    auto const* const list = (*value)->array();
    for (auto const& each : list != nullptr ? *list : json::Array{}) {
        if (auto const* const text = each.string()) texts.push_back(*text);
    }
    return texts;
}

void tell_header_info(Image& image, json::Object const& object) {
    auto const* const provides = object_in(object, "artifact_provides");  // Version 3.
    auto const* const depends = object_in(object, "artifact_depends");
    image.tell("artifactName", std::string_view(text_in(provides != nullptr ? *provides : object,
                                                        "artifact_name")));
    image.tell("deviceTypes", depends != nullptr ? texts_in(*depends, "device_type")
                                                 : texts_in(object, "device_types_compatible"));
    std::vector<std::string> payloads;
    for (auto const* const name : {"payloads", "updates"}) {
        auto const list = json::array_member(object, name);
        if (!list || *list == nullptr) continue;
        for (auto const& each : **list) {
            if (each.object() != nullptr) payloads.push_back(text_in(*each.object(), "type"));
        }
    }
    image.tell("payloads", payloads);
}

// Adds the version of the software, such as "rootfs-image.version".
void tell_type_info(Image& image, json::Object const& object) {
    auto const* const provides = object_in(object, "artifact_provides");
    if (provides == nullptr) return;
    for (auto const& [name, value] : provides->members) {
        if (!name.ends_with(".version") || value.string() == nullptr) continue;
        image.tell_version(*value.string());
        return;
    }
}

void tell_header(Image& image, Peek& header) {
    std::int64_t at = 0;
    for (int i = 0; i < members_max; ++i) {
        auto const member = tar_member(header, at);
        if (!member) return;
        at = member->next;
        auto const info = member->name == "header-info";
        if (!info && !member->name.ends_with("/type-info")) continue;
        auto const object = read_json(header, *member);
        if (!object) continue;
        if (info) {
            tell_header_info(image, *object);
        } else if (!image.version) {
            tell_type_info(image, *object);
        }
    }
}

void tell_packed_header(Image& image, Peek& file, TarMember const& member) {
    auto const kind = member.name.substr(std::string_view("header.tar").size());
    auto const bytes = static_cast<std::size_t>(
        std::min(member.bytes, static_cast<std::int64_t>(header_bytes_max)));
    auto content = file.up_to(member.at, bytes);
    if (kind == ".gz") {
        content = unpacked(content, header_bytes_max);
    } else if (!kind.empty()) {
        image.tell("headerPacking", std::string_view(kind).substr(1));  // Not supported here.
        return;
    }
    Peek header(content);
    tell_header(image, header);
}

// The manifest: "<SHA-256>  <name>" for each file. A name "data/0000/rootfs.img" is that of a file
// in the member "data/0000.tar" or "data/0000.tar.gz".
using Sums = std::map<std::string, std::string>;

Sums read_sums(Peek& file, TarMember const& manifest) {
    constexpr std::size_t digits = 64;
    Sums sums;
    auto const bytes = std::min<std::int64_t>(manifest.bytes, text_bytes_max);
    auto const text = file.up_to(manifest.at, static_cast<std::size_t>(bytes));
    for (std::string_view rest = text; !rest.empty();) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        auto const name = line.find_first_not_of(' ', std::min(digits, line.size()));
        if (line.find(' ') != digits || name == std::string_view::npos) continue;
        sums.emplace(line.substr(name), line.substr(0, digits));
    }
    return sums;
}

void each_member(Peek& file, std::function<void(TarMember const&)> const& take) {
    for (std::int64_t at = 0;;) {
        auto const member = tar_member(file, at);
        if (!member) return;
        take(*member);
        at = member->next;
    }
}

void check_sum(Image& image, Peek& file, TarMember const& member, std::string const& name,
               Sums& sums) {
    auto const sum = sums.find(name);
    if (sum == sums.end()) return;
    auto const digest = sha256_of(file, member.at, member.bytes);
    if (digest && *digest != sum->second) {
        image.tell_damage("damaged: the SHA-256 of " + name + " is not that of the manifest");
    }
    sums.erase(sum);
}

// The files in a member "data/0000.tar"; what is too large to be read here is not compared.
void check_payload(Image& image, Peek& file, TarMember const& member, Sums& sums) {
    auto const end = member.name.find(".tar");
    auto const kind = member.name.substr(end);
    auto const fits = static_cast<std::uint64_t>(member.bytes) <= file.allowance();
    if (!fits || (kind != ".tar" && kind != ".tar.gz")) return;
    auto content = file.up_to(member.at, static_cast<std::size_t>(member.bytes));
    if (kind == ".tar.gz") content = unpacked(content, Peek::allowance_bytes);
    if (content.size() >= Peek::allowance_bytes) return;
    auto const folder = member.name.substr(0, end) + "/";
    Peek payload(content);
    each_member(payload, [&](TarMember const& inside) {
        check_sum(image, payload, inside, folder + inside.name, sums);
    });
    auto const left = sums.lower_bound(folder);
    if (left != sums.end() && left->first.starts_with(folder)) {
        image.tell_damage("damaged: " + member.name + " lacks " +
                          left->first.substr(folder.size()) + ", which the manifest names");
    }
}

void check_sums(Image& image, Peek& file) {
    Sums sums;
    each_member(file, [&](TarMember const& member) {
        if (member.name == "manifest") sums = read_sums(file, member);
    });
    if (sums.empty()) return;
    each_member(file, [&](TarMember const& member) {
        if (member.name.starts_with("data/") && member.name.find(".tar") != std::string::npos) {
            check_payload(image, file, member, sums);
        } else {
            check_sum(image, file, member, member.name, sums);
        }
    });
}

// Every member up to the end of the archive.
void check_archive_of(Image& image, Peek& file) {
    for (std::int64_t at = 0; !is_tar_end(file, at);) {
        auto const member = tar_member(file, at);
        if (file.allowance() == 0) return;
        if (!member) {
            image.tell_damage("cut short or damaged: no member of the archive begins at byte " +
                              std::to_string(at));
            return;
        }
        if (!reaches(image, file, member->at + member->bytes)) return;
        at = member->next;
    }
}

}  // namespace

std::optional<Image> read_mender(Peek& file) {
    auto const first = tar_member(file, 0);
    if (!first || first->name != "version") return std::nullopt;
    auto const version = read_json(file, *first);
    if (!version || text_in(*version, "format") != "mender") return std::nullopt;
    Image image{.format = Format::mender, .version = {}, .facts = {}};
    if (auto const number = json::whole_member(*version, "version"); number && *number) {
        image.tell("artifactFormat", **number);
    }
    auto at = first->next;
    for (int i = 0; i < members_max; ++i) {
        auto const member = tar_member(file, at);
        if (!member) break;
        at = member->next;
        if (!member->name.starts_with("header.tar")) continue;
        tell_packed_header(image, file, *member);
        break;
    }
    check_archive_of(image, file);
    if (!image.damage) check_sums(image, file);
    return image;
}

}  // namespace updraft::firmware::images
