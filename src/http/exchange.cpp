#include "http/exchange.h"

#include "http/client_address.h"
#include "text/percent.h"
#include "vocabulary/ascii.h"

namespace updraft::http {
namespace {

// The first element of a list to which each proxy appends: the value from the proxy next to the
// client.
std::string_view first_of_list(std::string_view value) {
    return trimmed(value.substr(0, value.find(',')));
}

bool is_authority(std::string_view text) {
    return !text.empty() && text.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._~[]:%") == std::string_view::npos;
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "host" of "host:port" and "[::1]:port".
std::string_view without_port(std::string_view authority) {
    auto const colon = authority.rfind(':');
    if (colon == std::string_view::npos) return authority;
    auto const bracket = authority.rfind(']');
    if (bracket != std::string_view::npos && bracket > colon) return authority;
    return authority.substr(0, colon);
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

std::string Request::origin() const {
    std::string_view scheme = secure ? "https" : "http";
    auto authority = field("Host").value_or(local_authority);
    std::string_view port;
    if (from_trusted_proxy) {
        auto const proto = first_of_list(field("X-Forwarded-Proto").value_or(""));
        if (same_name(proto, "https")) scheme = "https";
        if (same_name(proto, "http")) scheme = "http";
        auto const host = first_of_list(field("X-Forwarded-Host").value_or(""));
        if (is_authority(host)) authority = host;
        auto const given = first_of_list(field("X-Forwarded-Port").value_or(""));
        if (is_port(given)) port = given;
    }
    auto origin = std::string(scheme) + "://";
    if (port.empty()) return origin.append(authority);
    origin.append(without_port(authority));
    bool const usual = scheme == "https" ? port == "443" : port == "80";
    return usual ? origin : origin.append(":").append(port);
}

}  // namespace updraft::http
