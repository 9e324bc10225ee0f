// Admits a request of an operator to a call, or refuses it, before anything else is read.
//
// Lives here: the order of the checks (docs/admin-api.md#order-of-checks), recording refusals, and
//             when an operator was last seen.
//
// Not here:   reading credentials (admin/credentials.h), whether they are valid
//             (access/identify_operator.h), which call needs which role (admin/routes.cpp).
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "access/identify_operator.h"
#include "admin/context.h"
#include "admin/credentials.h"
#include "http/exchange.h"

namespace updraft::admin {

namespace asio = boost::asio;

struct Admitted {
    access::SignedIn who;
    Actor actor;
};

// What a call needs.
struct CallNeeds {
    std::string_view operation;  // A literal.
    access::Role role = access::Role::viewer;
};

// The error is the reply: 400 for a cookie with a token, 401 without a valid credential, 403 for a
// cookie that another site's page may have sent, 403 for a role that is too low. A refusal with a
// known name is recorded.
asio::awaitable<tl::expected<Admitted, http::Reply>> admit(Context& context,
                                                           http::Request const& request,
                                                           CallNeeds needed);

// Who acts, before it is known: the name is empty.
[[nodiscard]] Actor actor_from(http::Request const& request, std::string_view operation,
                               CredentialKind kind);

// Records a refusal, or counts it. `actor` has a name.
asio::awaitable<void> record_refusal(Context& context, Actor actor, std::string reason);

// The texts of 401, the same for every reason.
[[nodiscard]] Error not_an_operator();

}  // namespace updraft::admin
