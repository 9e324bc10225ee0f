#include "bucket/address.h"

#include <algorithm>

namespace updraft::bucket {
namespace {

constexpr std::string_view slot = "{bucket}";
constexpr std::size_t name_min = 3;
constexpr std::size_t name_max = 63;
constexpr std::size_t prefix_max = 512;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_bucket_name(std::string_view name) {
    if (name.size() < name_min || name.size() > name_max) return false;
    if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) return false;
    if (name.find("..") != std::string_view::npos) return false;
    return std::ranges::all_of(name,
                               [](char c) { return is_lower_or_digit(c) || c == '-' || c == '.'; });
}

bool is_prefix_character(char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

// True when every segment has the same meaning for file systems and proxies: no "." or "..", no
// empty one, no character that needs encoding.
bool is_prefix(std::string_view prefix) {
    if (prefix.size() > prefix_max) return false;
    while (!prefix.empty()) {
        auto const end = prefix.find('/');
        auto const segment = prefix.substr(0, end);
        if (segment.empty() || segment == "." || segment == "..") return false;
        if (!std::ranges::all_of(segment, is_prefix_character)) return false;
        prefix = end == std::string_view::npos ? std::string_view() : prefix.substr(end + 1);
    }
    return true;
}

bool is_host_character(char c) {
    return is_prefix_character(c) || c == ':' || c == '[' || c == ']';
}

std::string replaced(std::string text, std::string const& bucket) {
    for (auto at = text.find(slot); at != std::string::npos; at = text.find(slot)) {
        text.replace(at, slot.size(), bucket);
    }
    return text;
}

bool has_slot(std::string const& text) { return text.find(slot) != std::string::npos; }

bool is_host(std::string host) {
    host = replaced(std::move(host), "bucket");
    return !host.empty() && std::ranges::all_of(host, is_host_character);
}

bool is_path(std::string path) {
    path = replaced(std::move(path), "bucket");
    return path.empty() || is_prefix(std::string_view(path).substr(1));
}

}  // namespace

std::string Place::written() const {
    auto text = std::string(bucket_scheme) + bucket;
    if (!prefix.empty()) text += "/" + prefix.substr(0, prefix.size() - 1);
    return text;
}

Result<Place> read_place(std::string_view text) {
    auto const expected = fail(Errc::invalid,
                               "must be s3://BUCKET or s3://BUCKET/PREFIX, the bucket's name of 3 "
                               "to 63 lower-case letters, digits, dots and hyphens, the prefix of "
                               "letters, digits, and - _ . between slashes");
    if (!text.starts_with(bucket_scheme)) return expected;
    auto rest = text.substr(bucket_scheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    auto const slash = rest.find('/');
    auto const prefix = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    if (!is_bucket_name(rest.substr(0, slash)) || !is_prefix(prefix)) return expected;
    if (slash != std::string_view::npos && prefix.empty()) return expected;
    Place place{.bucket = std::string(rest.substr(0, slash)), .prefix = std::string(prefix)};
    if (!place.prefix.empty()) place.prefix += '/';
    return place;
}

Result<BaseAddress> read_base_address(std::string_view text) {
    auto const expected = fail(Errc::invalid,
                               "must be http(s)://HOST[:PORT][/PATH], where \"{bucket}\" may stand "
                               "for the bucket's name");
    BaseAddress base;
    auto const colon = text.find("://");
    if (colon == std::string_view::npos) return expected;
    base.scheme = std::string(text.substr(0, colon));
    if (base.scheme != "http" && base.scheme != "https") return expected;
    auto rest = text.substr(colon + 3);
    while (rest.ends_with('/')) rest.remove_suffix(1);
    auto const slash = rest.find('/');
    base.host = std::string(rest.substr(0, slash));
    if (slash != std::string_view::npos) base.path = std::string(rest.substr(slash));
    if (!is_host(base.host) || !is_path(base.path)) return expected;
    // HTTP clients leave the scheme's default port out of the Host field, and that field is signed.
    auto const usual = base.scheme == "https" ? std::string_view(":443") : ":80";
    if (base.host.ends_with(usual)) base.host.erase(base.host.rfind(':'));
    return base;
}

Location location_of(BaseAddress const& base, std::string const& bucket, std::string_view key) {
    Location location{base.scheme, replaced(base.host, bucket), replaced(base.path, bucket)};
    if (!has_slot(base.host) && !has_slot(base.path)) location.path += "/" + bucket;
    location.path += "/";
    location.path += key;
    return location;
}

}  // namespace updraft::bucket
