#include "admin/session.h"

#include <algorithm>
#include <utility>

#include "admin/answer.h"
#include "admin/operators.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "usecases/sign_in.h"
#include "vocabulary/ascii.h"

namespace updraft::admin {
namespace {

constexpr std::string_view sign_in_operation = "signIn";

Error wrong_sign_in() {
    return {Errc::unauthorized, "not signed in: the token is not valid, or there is no identity"};
}

// The operator that a trusted proxy names; nothing when no such proxy does, or the header is not
// used. Errc::invalid when the header is given twice.
Result<std::optional<std::string>> vouched_name(Context const& context, Request const& request) {
    auto const& header = context.settings.identity_header;
    if (header.empty()) return std::optional<std::string>();
    auto const fits = [&](http::Field const& field) { return same_name(field.name, header); };
    if (std::ranges::count_if(request.fields, fits) > 1) {
        return fail(Errc::invalid, header + " is given twice");
    }
    auto const name = trimmed(request.field(header).value_or(""));
    if (!request.from_trusted_proxy || name.empty()) return std::optional<std::string>();
    return std::optional(std::string(name));
}

// How the request signs in; nothing when it does not say.
Result<std::optional<usecases::SignInBy>> read_sign_in(json::Object const& said,
                                                       std::optional<std::string> vouched) {
    TRY_ASSIGN(auto const token, json::text_member(said, "token"));
    if (token) return usecases::SignInBy(usecases::TokenGiven{sha256(*token)});
    if (!vouched) return std::optional<usecases::SignInBy>();
    return usecases::SignInBy(usecases::NameVouchedFor{*std::move(vouched)});
}

}  // namespace

asio::awaitable<Reply> sign_in(Context& context, Request const& request) {
    auto const form = cookie_of(request);
    if (!form) {
        co_return problem(403, "signing in needs HTTPS, or the address of this machine itself");
    }
    if (!may_sign_in(request)) {
        co_return problem(403, "Sec-Fetch-Site must be same-origin or none");
    }
    auto body = read_body(request);
    if (!body) co_return std::move(body).error();
    auto vouched = vouched_name(context, request);
    if (!vouched) co_return problem(400, vouched.error().detail);
    auto by = read_sign_in(*body, *std::move(vouched));
    if (!by) co_return failure(context, request, by.error());
    if (!*by) co_return problem(wrong_sign_in());

    auto const now = context.clock.now();
    auto const actor = actor_from(request, sign_in_operation, CredentialKind::session);
    auto begin = [&context, actor, by = **std::move(by), now](Tx& tx) {
        return usecases::sign_in(tx, context.id_source, actor, by, now);
    };
    auto const outcome = co_await http::on_store(context.store, std::move(begin));
    if (!outcome) co_return failure(context, request, outcome.error());
    auto const& who = outcome->who;
    if (!who.signed_in) {
        auto refused = actor;
        refused.name = who.name;
        auto reason = who.reason;
        if (!who.name.empty()) {
            co_await record_refusal(context, std::move(refused), std::move(reason));
        }
        co_return problem(wrong_sign_in());
    }
    auto reply = json_reply(200, me_body(*who.signed_in));
    reply.fields.emplace_back("Set-Cookie", set_cookie(*form, outcome->cookie));
    co_return reply;
}

asio::awaitable<Reply> sign_out(Context& context, Request const& request, Admitted const& caller) {
    if (!caller.who.by_session) {
        co_return problem(409, "this call has a token, and no session that could end");
    }
    auto const now = context.clock.now();
    auto end = [actor = caller.actor, who = caller.who, now](Tx& tx) {
        return usecases::sign_out(tx, actor, who, now);
    };
    auto const ended = co_await http::on_store(context.store, std::move(end));
    if (!ended) co_return failure(context, request, ended.error());
    auto reply = no_content();
    if (auto const form = cookie_of(request)) {
        reply.fields.emplace_back("Set-Cookie", removed_cookie(*form));
    }
    co_return reply;
}

}  // namespace updraft::admin
