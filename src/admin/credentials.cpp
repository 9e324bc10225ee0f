#include "admin/credentials.h"

#include <array>
#include <utility>

#include "admin/bearer.h"
#include "http/head_texts.h"
#include "text/network.h"
#include "vocabulary/ascii.h"

namespace updraft::admin {
namespace {

using http::Request;

constexpr CookieForm secure_cookie{.name = "__Host-updraft", .secure = true};
constexpr CookieForm loopback_cookie{.name = "updraft", .secure = false};
constexpr std::string_view https = "https://";
constexpr std::string_view plain_http = "http://";
constexpr std::string_view command_line_agent = "updraft/";

// "host:port" of a URL.
std::string_view authority_in(std::string_view url) {
    url.remove_prefix(url.find("://") + 3);
    return url.substr(0, url.find('/'));
}

bool is_loopback(std::string_view host) {
    if (same_name(host, "localhost")) return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    auto const address = text::Address::read(host);
    if (!address) return false;
    static auto const loopback_v4 = *text::read_network("127.0.0.0/8");
    static auto const loopback_v6 = *text::read_network("::1/128");
    return loopback_v4.contains(*address) || loopback_v6.contains(*address);
}

// Calls `use(name, value)` for each cookie of the request.
template <class Use>
void each_cookie(Request const& request, Use const& use) {
    for (auto const& field : request.fields) {
        if (!same_name(field.name, "Cookie")) continue;
        for (auto rest = field.value; !rest.empty();) {
            auto const end = std::min(rest.find(';'), rest.size());
            auto const pair = trimmed(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            auto const equals = std::min(pair.find('='), pair.size());
            use(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
        }
    }
}

// The only value of that cookie; empty when there is none, or several.
std::string_view only_cookie(Request const& request, std::string_view wanted) {
    std::string_view only;
    int count = 0;
    each_cookie(request, [&](std::string_view name, std::string_view value) {
        if (name != wanted) return;
        only = value;
        ++count;
    });
    return count == 1 ? only : std::string_view();
}

bool has_session_cookie(Request const& request) {
    bool found = false;
    each_cookie(request, [&](std::string_view name, std::string_view) {
        found = found || name == secure_cookie.name || name == loopback_cookie.name;
    });
    return found;
}

// Nothing when the field is missing; empty, which no rule accepts, when it is given twice.
std::optional<std::string_view> only_field(Request const& request, std::string_view name) {
    std::optional<std::string_view> only;
    for (auto const& field : request.fields) {
        if (!same_name(field.name, name)) continue;
        only = only ? std::string_view() : trimmed(field.value);
    }
    return only;
}

// Scheme, host and port, with the scheme's usual port left out.
std::pair<std::string_view, http::Authority> origin_parts(std::string_view url) {
    auto const scheme = url.starts_with(https) ? https : plain_http;
    auto authority = http::split_authority(authority_in(url));
    if (authority.port == (scheme == https ? "443" : "80")) authority.port = {};
    return {scheme, authority};
}

bool is_own_origin(Request const& request, std::string_view origin) {
    if (!origin.starts_with(https) && !origin.starts_with(plain_http)) return false;
    auto const base = request.base_url();
    auto const [own_scheme, own] = origin_parts(base);
    auto const [scheme, given] = origin_parts(origin);
    return scheme == own_scheme && same_name(given.host, own.host) && given.port == own.port;
}

}  // namespace

Presented presented_in(Request const& request) {
    auto const authorization = request.field("Authorization");
    if (authorization) {
        if (has_session_cookie(request)) return {.kind = CredentialKind::both};
        auto const token = read_bearer(*authorization);
        if (!token) return {};
        return {.kind = CredentialKind::token, .digest = *token};
    }
    if (!has_session_cookie(request)) return {};
    auto const form = cookie_of(request);
    if (!form) return {};
    auto const value = only_cookie(request, form->name);
    if (value.empty()) return {};
    return {.kind = CredentialKind::session, .digest = sha256(value)};
}

std::optional<CookieForm> cookie_of(Request const& request) {
    auto const base = request.base_url();
    if (base.starts_with(https)) return secure_cookie;
    if (is_loopback(http::split_authority(authority_in(base)).host)) return loopback_cookie;
    return std::nullopt;
}

std::string set_cookie(CookieForm const& form, Secret const& value) {
    auto text = std::string(form.name) + "=" + value.reveal() + "; HttpOnly; ";
    if (form.secure) text += "Secure; ";
    return text += "SameSite=Strict; Path=/";
}

std::string removed_cookie(CookieForm const& form) {
    return set_cookie(form, Secret()) + "; Max-Age=0";
}

bool is_from_own_page(Request const& request) {
    if (auto const site = only_field(request, "Sec-Fetch-Site")) return *site == "same-origin";
    auto const origin = only_field(request, "Origin");
    return origin && is_own_origin(request, *origin);
}

bool may_sign_in(Request const& request) {
    auto const site = only_field(request, "Sec-Fetch-Site").value_or("none");
    return site == "same-origin" || site == "none";
}

std::string_view via_of(Request const& request, CredentialKind kind) {
    if (kind == CredentialKind::session) return "console";
    auto const agent = request.field("User-Agent").value_or("");
    return agent.starts_with(command_line_agent) ? "cli" : "api";
}

}  // namespace updraft::admin
