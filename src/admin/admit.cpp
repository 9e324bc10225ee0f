#include "admin/admit.h"

#include <algorithm>
#include <utility>

#include "admin/problem.h"
#include "audit/denials.h"
#include "http/on_store.h"
#include "ports/audit_table.h"
#include "ports/operator_tokens_table.h"
#include "ports/operators_table.h"
#include "ports/sessions_table.h"

namespace updraft::admin {
namespace {

using access::Identified;
using access::SignedIn;
using http::Method;
using http::Reply;
using http::Request;

constexpr Millis written_every = std::chrono::minutes{1};

asio::awaitable<Result<Identified>> identified(Context& context, Presented presented, Instant now) {
    auto identify = [&context, presented, now](Tx const& tx) -> Result<Identified> {
        if (presented.kind == CredentialKind::token) {
            return access::identify_token(tx, presented.digest, now);
        }
        return access::identify_session(tx, presented.digest, context.settings.sessions,
                                        context.activity, now);
    };
    return http::on_store(context.store, std::move(identify));
}

// The write happens after the answer, at most once in a minute for each credential.
void note_use(Context& context, SignedIn const& who, Instant now) {
    auto const period = who.by_session
                            ? std::min(written_every, context.settings.sessions.idle / 10)
                            : written_every;
    static_cast<void>(context.activity.note(access::operator_key(who.who.name), now, period));
    auto const key =
        who.by_session ? access::session_key(who.digest) : access::token_key(who.token_id);
    if (!context.activity.note(key, now, period)) return;
    auto write = [by_session = who.by_session, digest = who.digest, id = who.token_id,
                  name = who.who.name, now](Tx& tx) -> Result<void> {
        auto const minute = access::minute_of(now);
        if (by_session) {
            TRY(tx.sessions().note_active(digest, now));
        } else {
            TRY(tx.operator_tokens().note_used(id, minute));
        }
        return tx.operators().note_seen(name, minute);
    };
    context.store.submit(std::move(write), [](Result<void> const&) {});
}

bool writes(Method method) { return method != Method::get && method != Method::head; }

// The reason why a signed-in operator may not make this call; empty when he may.
std::string reason_against(Request const& request, SignedIn const& who, CallNeeds const& needed) {
    if (who.by_session && writes(request.method) && !is_from_own_page(request)) {
        return "a request with a session's cookie must come from this server's own pages "
               "(Sec-Fetch-Site: same-origin, or Origin)";
    }
    if (who.role >= needed.role) return {};
    return "this call needs the role " + std::string(word(needed.role)) + ", and yours is " +
           std::string(word(who.role));
}

}  // namespace

Error not_an_operator() { return {Errc::unauthorized, "not an operator's token or session"}; }

Actor actor_from(Request const& request, std::string_view operation, CredentialKind kind) {
    Actor actor;
    actor.kind = access::ActorKind::an_operator;
    actor.via = via_of(request, kind);
    actor.ip = request.client_address();
    actor.request_id = request.request_id;
    actor.action = operation;
    return actor;
}

asio::awaitable<void> record_refusal(Context& context, Actor actor, std::string reason) {
    auto const request_id = actor.request_id;
    auto entry = audit::denied(std::move(actor), std::move(reason), context.clock.now());
    auto first = context.denials.count(std::move(entry));
    if (!first) co_return;
    auto add = [first = *std::move(first)](Tx& tx) { return tx.audit().add(first); };
    auto const added = co_await http::on_store(context.store, std::move(add));
    if (!added && context.trouble) context.trouble(request_id, added.error());
}

asio::awaitable<tl::expected<Admitted, Reply>> admit(Context& context, Request const& request,
                                                     CallNeeds needed) {
    auto const presented = presented_in(request);
    if (presented.kind == CredentialKind::both) {
        co_return tl::unexpected<Reply>(
            problem(400, "Authorization and the cookie of a session exclude each other"));
    }
    if (presented.kind == CredentialKind::none) {
        co_return tl::unexpected<Reply>(problem(not_an_operator()));
    }
    auto const now = context.clock.now();
    auto found = co_await identified(context, presented, now);
    if (!found) co_return tl::unexpected<Reply>(failure(context, request, found.error()));
    auto actor = actor_from(request, needed.operation, presented.kind);
    if (!found->signed_in) {
        actor.name = found->name;
        auto reason = found->reason;
        if (!found->name.empty()) co_await record_refusal(context, actor, std::move(reason));
        co_return tl::unexpected<Reply>(problem(not_an_operator()));
    }
    auto& who = *found->signed_in;
    actor.name = who.who.name;
    actor.role = who.role;
    auto against = reason_against(request, who, needed);
    if (!against.empty()) {
        auto refusal = problem(403, against);
        co_await record_refusal(context, actor, std::move(against));
        co_return tl::unexpected<Reply>(std::move(refusal));
    }
    note_use(context, who, now);
    Admitted admitted{.who = std::move(who), .actor = std::move(actor)};
    co_return admitted;
}

}  // namespace updraft::admin
