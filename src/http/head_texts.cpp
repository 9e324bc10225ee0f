#include "http/head_texts.h"

#include <algorithm>

#include "http/limits.h"
#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft::http {
namespace {

constexpr std::size_t content_length_digits_max = 18;

}  // namespace

bool is_host(std::string_view text) {
    if (text.empty() ||
        text.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789-._~[]:%!$&'()*+;=") != std::string_view::npos) {
        return false;
    }
    auto const port = split_authority(text).port;
    return port.empty() || is_port(port);
}

Authority split_authority(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos) return {text, {}};
    auto const before = text.substr(0, colon);
    bool const bracketed = text.starts_with('[');
    bool const is_address = bracketed ? before.find(']') == std::string_view::npos
                                      : before.find(':') != std::string_view::npos;
    if (is_address) return {text, {}};
    return {before, text.substr(colon + 1)};
}

bool is_port(std::string_view text) {
    return !text.starts_with('0') && text::read_digits<std::uint16_t>(text).has_value();
}

bool is_identity(std::string_view encoding) {
    return encoding.empty() || same_name(encoding, "identity");
}

bool is_request_id(std::string_view text) {
    if (text.empty() || text.size() > request_id_bytes_max) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

std::optional<std::uint64_t> read_length(std::string_view text) {
    if (text.size() > content_length_digits_max) return std::nullopt;
    return text::read_digits<std::uint64_t>(text);
}

std::string_view without_authority(std::string_view target) {
    for (std::string_view const scheme : {"http://", "https://"}) {
        if (!same_name(target.substr(0, scheme.size()), scheme)) continue;
        auto const slash = target.find('/', scheme.size());
        return slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    return target;
}

std::optional<std::string_view> authority_of(std::string_view target) {
    auto const colon = target.find("://");
    if (target.starts_with('/') || colon == std::string_view::npos) return std::nullopt;
    auto const rest = target.substr(colon + 3);
    return rest.substr(0, rest.find_first_of("/?"));
}

}  // namespace updraft::http
