// Who calls, and for whom: the first half of the order of checks (G10).
//
// Lives here: the four headers as values, and what is checked of them in one snapshot.
// Not here:   bodies (openota/asks.h), the comparisons themselves (access/).
#pragma once

#include <optional>
#include <string>

#include "access/token.h"
#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

// What the headers say. Owns everything, so that a transaction may take it along.
struct CallHeaders {
    AppId appid;
    Sha256 appkey{};              // Digests: the secrets themselves go no further.
    std::optional<Sha256> token;  // Absent: no Access-Token, or an empty one.
    std::string open_id;          // Empty: none given.
    Instant now;
    access::Rate* rate = nullptr;
    std::optional<bool> refused_by_rate;  // A transaction that runs twice still counts as one call.
};
[[nodiscard]] CallHeaders read_call_headers(Context const& context, http::Request const& request);

// 801 and 104.
[[nodiscard]] Result<void> identify_app(Tx const& tx, CallHeaders& headers);
// 801, 802, 104, 805, 806, and 403 for the Openid header.
[[nodiscard]] Result<access::Caller> identify(Tx const& tx, CallHeaders& headers);

// 403 for the payload's openId; "" stands for none.
[[nodiscard]] Result<void> check_user(access::Caller const& caller, std::string const& open_id);

// The same, then 302 for what was wrong with the body, then 403 for the payload's openId.
template <class Ask>
[[nodiscard]] Result<access::Caller> admit(Tx const& tx, CallHeaders& headers,
                                           Result<Ask> const& ask) {
    TRY_ASSIGN(auto caller, identify(tx, headers));
    if (!ask) return tl::unexpected<Error>(ask.error());
    TRY(check_user(caller, ask->open_id));
    return caller;
}

}  // namespace updraft::openota
