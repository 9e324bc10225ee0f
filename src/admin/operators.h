// Operators' calls about operators and their tokens (docs/admin-api.md#operators).
//
// Lives here: reading the bodies, whose tokens a caller may see and change, and writing operators
//             and tokens as JSON.
//
// Not here:   the use cases (usecases/operators.h, usecases/operator_tokens.h), signing in
//             (admin/session.h).
#pragma once

#include "admin/admit.h"
#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;

// The member `role`; nothing when it is absent.
[[nodiscard]] Result<std::optional<access::Role>> read_role_member(json::Object const& said);

// {"name","role","approve","via"}.
[[nodiscard]] std::string me_body(access::SignedIn const& who);

asio::awaitable<Reply> show_me(Context& context, Request const& request, Admitted const& caller);
asio::awaitable<Reply> create_operator(Context& context, Request const& request, Actor const& actor,
                                       json::Object body);
asio::awaitable<Reply> list_operators(Context& context, Request const& request);
asio::awaitable<Reply> show_operator(Context& context, Request const& request);
asio::awaitable<Reply> change_operator(Context& context, Request const& request, Actor const& actor,
                                       json::Object body);
asio::awaitable<Reply> remove_operator(Context& context, Request const& request,
                                       Actor const& actor);
asio::awaitable<Reply> create_operator_token(Context& context, Request const& request,
                                             Actor const& actor);
asio::awaitable<Reply> list_operator_tokens(Context& context, Request const& request,
                                            Actor const& actor);
asio::awaitable<Reply> remove_operator_token(Context& context, Request const& request,
                                             Actor const& actor);

}  // namespace updraft::admin
