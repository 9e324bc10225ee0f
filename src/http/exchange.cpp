#include "http/exchange.h"

#include <algorithm>

#include "http/client_address.h"
#include "http/head_texts.h"
#include "text/network.h"
#include "text/percent.h"
#include "vocabulary/ascii.h"

namespace updraft::http {
namespace {

constexpr std::size_t usual_link_bytes = 128;  // With what callers append.

// The first element of a list to which each proxy appends: the value from the proxy next to the
// client.
std::string_view first_of_list(std::string_view value) {
    return trimmed(value.substr(0, value.find(',')));
}

// True for a name or an IP address, with or without a port.
bool is_authority(std::string_view text) {
    auto const [host, port] = split_authority(text);
    if (host.empty() || (!port.empty() && !is_port(port))) return false;
    if (host.find(':') != std::string_view::npos) {
        bool const bracketed = host.starts_with('[') && host.ends_with(']');
        return text::Address::read(bracketed ? host.substr(1, host.size() - 2) : host).has_value();
    }
    return host.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyz"
               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
               "0123456789-._~%") == std::string_view::npos;
}

// True for "/one/two": segments of printable characters, none of them empty, "." or "..".
bool is_path(std::string_view text) {
    if (!text.starts_with('/')) return false;
    while (!text.empty()) {
        text.remove_prefix(1);
        auto const segment = text.substr(0, text.find('/'));
        auto const decoded = text::percent_decoded(segment);
        if (!decoded || decoded->empty() || *decoded == "." || *decoded == ".." ||
            decoded->find('/') != std::string::npos ||
            segment.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-._~%!$&'()*+;=:@") != std::string_view::npos) {
            return false;
        }
        text.remove_prefix(segment.size());
    }
    return true;
}

// The path below which proxies serve us: all elements of X-Forwarded-Prefix in their order, because
// each proxy appends the part that it removed. Empty when an element is no path.
std::string forwarded_prefix(std::span<Field const> fields) {
    std::string prefix;
    for (auto const& field : fields) {
        if (!same_name(field.name, "X-Forwarded-Prefix")) continue;
        for (auto rest = field.value; !rest.empty();) {
            auto const comma = std::min(rest.find(','), rest.size());
            auto path = trimmed(rest.substr(0, comma));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            while (path.ends_with('/')) path.remove_suffix(1);
            if (path.empty()) continue;
            if (!is_path(path)) return {};
            prefix += path;
        }
    }
    return prefix;
}

}  // namespace

std::optional<std::string_view> Request::field(std::string_view name) const {
    for (auto const& field : fields) {
        if (same_name(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::optional<std::string> Request::parameter(std::string_view name) const {
    auto rest = query;
    while (!rest.empty()) {
        auto const end = rest.find('&');
        auto const pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);

        auto const equals = pair.find('=');
        auto const key = text::percent_decoded(pair.substr(0, equals));
        if (!key || *key != name) continue;
        if (equals == std::string_view::npos) return std::string{};
        return text::percent_decoded(pair.substr(equals + 1));
    }
    return std::nullopt;
}

std::string_view Request::client_address() const {
    if (trusted_proxies == nullptr) return peer_address;
    return http::client_address(peer_address, fields, *trusted_proxies);
}

std::string Request::base_url() const {
    std::string_view scheme = secure ? "https" : "http";
    auto authority = split_authority(field("Host").value_or(local_authority));
    std::string prefix;
    if (from_trusted_proxy) {
        auto const proto = first_of_list(field("X-Forwarded-Proto").value_or(""));
        if (same_name(proto, "https")) scheme = "https";
        if (same_name(proto, "http")) scheme = "http";
        auto const host = first_of_list(field("X-Forwarded-Host").value_or(""));
        if (is_authority(host)) authority = split_authority(host);
        auto const port = first_of_list(field("X-Forwarded-Port").value_or(""));
        bool const usual = port == (scheme == "https" ? "443" : "80");
        if (is_port(port)) authority.port = usual ? std::string_view{} : port;
        prefix = forwarded_prefix(fields);
    }
    bool const bare_ipv6 =
        !authority.host.starts_with('[') && authority.host.find(':') != std::string_view::npos;
    std::string url;
    url.reserve(usual_link_bytes);
    url.append(scheme).append("://");
    if (bare_ipv6) url += '[';
    url += authority.host;
    if (bare_ipv6) url += ']';
    if (!authority.port.empty()) url.append(":").append(authority.port);
    return url += prefix;
}

}  // namespace updraft::http
