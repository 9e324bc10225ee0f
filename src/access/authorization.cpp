#include "access/authorization.h"

#include <algorithm>

#include "access/granting.h"
#include "ports/grants_table.h"
#include "text/percent.h"
#include "vocabulary/ascii.h"
#include "vocabulary/if_found.h"

namespace updraft::access {
namespace {

bool is_web_uri(std::string_view uri) {
    auto const colon = std::min(uri.find("://"), uri.size());
    auto const scheme = uri.substr(0, colon);
    auto const rest = uri.substr(std::min(uri.size(), colon + 3));
    auto const has_host = !rest.empty() && rest.front() != '/' && rest.front() != '?';
    return has_host && (same_name(scheme, "https") || same_name(scheme, "http"));
}

// "com.example.app:/back" (RFC 8252, 7.1): a scheme of RFC 3986 with a dot, which is a domain name
// of the app's maker in reverse order. Without a dot, other schemes would pass, such as javascript.
bool is_private_use_uri(std::string_view uri) {
    auto const colon = uri.find(':');
    if (colon == std::string_view::npos || !uri.substr(colon + 1).starts_with('/')) return false;
    auto const scheme = uri.substr(0, colon);
    auto const is_letter = [](char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; };
    auto const fits = std::all_of(scheme.begin(), scheme.end(), [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
    auto const dot = scheme.find('.');
    auto const inner = dot != std::string_view::npos && !scheme.ends_with('.') &&
                       scheme.find("..") == std::string_view::npos;
    return fits && inner && is_letter(scheme.front());
}

// The URI is used in a Location header, so it must be visible ASCII, absolute and without fragment.
Result<void> check_redirect_uri(std::string_view uri) {
    if (uri.empty()) return fail(Errc::invalid, "redirectUri must not be empty");
    if (uri.size() > redirect_uri_bytes_max) {
        return fail(Errc::invalid, "redirectUri is longer than " +
                                       std::to_string(redirect_uri_bytes_max) + " bytes");
    }
    auto const visible = std::all_of(uri.begin(), uri.end(), [](char c) {
        return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '>' && c != '\\';
    });
    if (!visible || (!is_web_uri(uri) && !is_private_use_uri(uri))) {
        return fail(Errc::invalid,
                    "redirectUri must be an absolute http or https URI, or one with a private-use "
                    "scheme that has a dot, such as com.example.app:/back");
    }
    if (uri.find('#') != std::string_view::npos) {
        return fail(Errc::invalid, "redirectUri must not have a fragment");
    }
    return {};
}

std::string with_query(std::string const& uri, Secret const& code,
                       std::optional<std::string> const& state) {
    auto const joint = uri.find('?') == std::string::npos ? "?" : "&";
    auto out = uri + joint + "code=" + text::percent_encoded(code.reveal());
    if (state) out += "&state=" + text::percent_encoded(*state);
    return out;
}

}  // namespace

Result<Authorized> authorize(Tx& tx, Means const& means, AuthorizationAsk const& ask, Instant now) {
    TRY(check_redirect_uri(ask.redirect_uri));
    if (ask.state && ask.state->size() > state_bytes_max) {
        return fail(Errc::invalid,
                    "state is longer than " + std::to_string(state_bytes_max) + " bytes");
    }
    TRY(put_grant(tx, ask.caller, now));
    Secret code(means.id_source.token());
    TRY(tx.grants().insert_code({.digest = sha256(code.reveal()),
                                 .appid = ask.caller.appid,
                                 .open_id = ask.caller.open_id,
                                 .redirect_uri = ask.redirect_uri,
                                 .expires_at = now + means.lifetimes.code,
                                 .family = std::nullopt}));
    auto redirect_to = with_query(ask.redirect_uri, code, ask.state);
    return Authorized{.code = std::move(code), .redirect_to = std::move(redirect_to)};
}

Result<std::optional<Issued>> redeem(Tx& tx, Means const& means, AppId const& appid,
                                     Sha256 const& code, std::string const& redirect_uri,
                                     Instant now) {
    TRY_ASSIGN(auto const found, if_found(tx.grants().code(code)));
    if (!found || found->appid != appid) return fail(Errc::invalid, "code: not a code of this app");
    if (found->family) {
        // RFC 6749, 4.1.2: a code that is used twice may be stolen, so the tokens that were issued
        // for it are revoked.
        Family const family{
            .appid = found->appid, .open_id = found->open_id, .name = *found->family};
        TRY(tx.grants().remove_family(family));
        return std::nullopt;
    }
    if (now >= found->expires_at) return fail(Errc::invalid, "code: expired");
    if (redirect_uri != found->redirect_uri) {
        return fail(Errc::invalid, "redirect_uri: not the one that the code was made for");
    }
    Caller const caller{.appid = found->appid, .open_id = found->open_id};
    TRY_ASSIGN(auto issued, issue(tx, means, caller, now));
    TRY(tx.grants().redeem_code(code, issued.family));
    return issued;
}

}  // namespace updraft::access
