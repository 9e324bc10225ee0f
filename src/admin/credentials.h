// How a request of an operator shows who sends it: a Bearer token, or the cookie of a session.
//
// Lives here: reading both, the form of the cookie, and whether a request comes from our own pages.
// Pure.
//
// Not here:   whether the credential is valid (access/identify_operator.h), the order of the checks
//             (admin/admit.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "vocabulary/digest.h"
#include "vocabulary/secret.h"

namespace updraft::admin {

enum class CredentialKind : std::uint8_t {
    none,
    token,
    session,
    both,  // A session's cookie and an Authorization field.
};

struct Presented {
    CredentialKind kind = CredentialKind::none;
    Sha256 digest{};  // Of the token, or of the cookie's value.
};

// A cookie that does not fit the connection (cookie_of()), is empty, or is given twice counts as no
// credential.
[[nodiscard]] Presented presented_in(http::Request const& request);

// The name and the attributes of the session's cookie.
struct CookieForm {
    std::string_view name;
    bool secure = true;
};
// With HTTPS, also when a trusted proxy says that the client uses it: `__Host-updraft`. Over plain
// HTTP to a loopback host: `updraft`. Nothing over plain HTTP to any other host.
[[nodiscard]] std::optional<CookieForm> cookie_of(http::Request const& request);
// The value of Set-Cookie that gives the cookie, and the one that removes it.
[[nodiscard]] std::string set_cookie(CookieForm const& form, Secret const& value);
[[nodiscard]] std::string removed_cookie(CookieForm const& form);

// False for a request that another site's page may have caused: Sec-Fetch-Site is not
// `same-origin`, or, where that field is missing, Origin is missing or not the server's own.
[[nodiscard]] bool is_from_own_page(http::Request const& request);
// For signing in, which needs no page: Sec-Fetch-Site is `same-origin`, `none` or missing.
[[nodiscard]] bool may_sign_in(http::Request const& request);

// "console" for a session; for a token "cli" when the command line sends it, else "api".
[[nodiscard]] std::string_view via_of(http::Request const& request, CredentialKind kind);

}  // namespace updraft::admin
