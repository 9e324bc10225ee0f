// Authenticates the app and its user: the first checks of every call, in the order of G10.
//
// Lives here: the four headers as values, and checking them in one snapshot.
//
// Not here:   bodies (openota/asks.h), the comparisons themselves (access/).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "access/token.h"
#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

// Header fields that identify the caller, in lower case: each at most once in a request.
inline constexpr auto identity_fields =
    std::to_array<std::string_view>({"appid", "appkey", "access-token", "openid", "authorization"});

// The values of the headers. Owns its strings, so that a transaction may keep a copy.
struct CallHeaders {
    AppId appid;
    Sha256 appkey{};              // Digests: the secrets themselves are not kept.
    std::optional<Sha256> token;  // Absent: no Access-Token, or an empty one.
    std::string open_id;          // Empty: none given.
    Instant now;
    access::Rate* rate = nullptr;
    std::optional<bool> refused_by_rate;  // Stored, so that a repeated transaction is not counted.
};
[[nodiscard]] bool has_app_keys(http::Request const& request);  // Neither is missing or empty.
[[nodiscard]] CallHeaders read_call_headers(Context const& context, http::Request const& request);

// Checks the app: errors 801 and 104.
[[nodiscard]] Result<void> identify_app(Tx const& tx, CallHeaders& headers);
// Checks the app and its access token: errors 801, 802, 104, 805, 806, and 403 when the Openid
// header names another user.
[[nodiscard]] Result<access::Caller> identify(Tx const& tx, CallHeaders& headers);

// For http::Route::check: a call without the keys of an app is refused before its body is read.
// Small bodies of calls with an Appid and an Appkey are read without asking the store. A chunked
// body is always read, because its size is checked before the app (G10).
[[nodiscard]] http::asio::awaitable<std::optional<http::Reply>> check_head(
    Context& context, http::Request const& request);

// 403 when the body's openId names another user; "" means that it has none.
[[nodiscard]] Result<void> check_user(access::Caller const& caller, std::string const& open_id);

// identify(), then the body's own error (302), then check_user().
template <class Ask>
[[nodiscard]] Result<access::Caller> admit(Tx const& tx, CallHeaders& headers,
                                           Result<Ask> const& ask) {
    TRY_ASSIGN(auto caller, identify(tx, headers));
    if (!ask) return fail(ask.error());
    TRY(check_user(caller, ask->open_id));
    return caller;
}

}  // namespace updraft::openota
