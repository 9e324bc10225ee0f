#include "admin/grants.h"

#include "access/authorization.h"
#include "access/granting.h"
#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "audit/record.h"
#include "http/on_store.h"
#include "ports/apps_table.h"
#include "ports/grants_table.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

Result<access::AuthorizationAsk> read_authorization(json::Object const& said) {
    access::AuthorizationAsk ask;
    TRY_ASSIGN(ask.caller.appid, needed_name<AppId>(said, "appid"));
    TRY_ASSIGN(ask.caller.open_id, needed_name<OpenId>(said, "openId"));
    TRY_ASSIGN(ask.redirect_uri, needed_text(said, "redirectUri", access::redirect_uri_bytes_max));
    TRY_ASSIGN(ask.state, optional_text(said, "state", access::state_bytes_max));
    return ask;
}

audit::Act grant_act(access::Caller const& caller, audit::Changes changes) {
    return {.object_kind = "grant",
            .object_id = caller.appid.value + "/" + caller.open_id.value,
            .changes = std::move(changes)};
}

std::string issued_body(access::Issued const& issued) {
    std::string body;
    json::Writer writer(body);
    writer.object()
        .member("openId", issued.open_id.value)
        .member("accessToken", issued.access_token.reveal())
        .member("refreshToken", issued.refresh_token.reveal())
        .member("expiresIn", issued.expires_in_seconds)
        .end();
    return body;
}

void write_grant(json::Writer& writer, access::Grant const& grant) {
    writer.object().member("openId", grant.open_id.value);
    time_member(writer, "createdAt", grant.created_at);
    writer.end();
}

}  // namespace

asio::awaitable<Reply> create_grant(Context& context, Request const& request, Actor const& actor,
                                    json::Object body) {
    auto open_id = needed_name<OpenId>(body, "openId");
    if (!open_id) co_return failure(context, request, open_id.error());
    access::Caller const caller{.appid = {request.params[0]}, .open_id = *std::move(open_id)};
    auto const now = context.clock.now();
    auto grant = [&context, actor, caller, now](Tx& tx) -> Result<access::Issued> {
        access::Means const means{.id_source = context.id_source,
                                  .lifetimes = context.settings.lifetimes};
        TRY_ASSIGN(auto issued, access::grant(tx, means, caller, now));
        audit::Changes changes;
        changes.add_secret("accessToken", false).add_secret("refreshToken", false);
        TRY(audit::record(tx, actor, grant_act(caller, std::move(changes)), now));
        return issued;
    };
    auto const issued = co_await http::on_store(context.store, std::move(grant));
    if (!issued) co_return failure(context, request, issued.error());
    co_return json_reply(201, issued_body(*issued));
}

asio::awaitable<Reply> list_grants(Context& context, Request const& request) {
    auto ask = read_page_ask(request, "grants");
    if (!ask) co_return failure(context, request, ask.error());
    auto list = [appid = AppId{request.params[0]},
                 ask = *std::move(ask)](Tx const& tx) -> Result<Page<access::Grant>> {
        TRY(existing(tx.apps().find(appid), "app", appid.value));
        return tx.grants().list(appid, ask);
    };
    auto const page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return failure(context, request, page.error());
    co_return page_reply(request, *page, "grants", write_grant);
}

asio::awaitable<Reply> remove_grant(Context& context, Request const& request, Actor const& actor) {
    access::Caller const caller{.appid = {request.params[0]}, .open_id = {request.params[1]}};
    auto const now = context.clock.now();
    auto revoke = [actor, caller, now](Tx& tx) -> Result<void> {
        TRY(access::revoke(tx, caller));
        return audit::record(tx, actor, grant_act(caller, {}), now);
    };
    auto const revoked = co_await http::on_store(context.store, std::move(revoke));
    if (!revoked) co_return failure(context, request, revoked.error());
    co_return no_content();
}

asio::awaitable<Reply> authorize(Context& context, Request const& request, Actor const& actor,
                                 json::Object body) {
    auto ask = read_authorization(body);
    if (!ask) co_return failure(context, request, ask.error());
    auto const now = context.clock.now();
    auto authorize = [&context, actor, ask = *std::move(ask),
                      now](Tx& tx) -> Result<access::Authorized> {
        access::Means const means{.id_source = context.id_source,
                                  .lifetimes = context.settings.lifetimes};
        TRY_ASSIGN(auto authorized, access::authorize(tx, means, ask, now));
        audit::Changes changes;
        changes.add_secret("code", false).add("redirectUri", nullptr, ask.redirect_uri);
        TRY(audit::record(tx, actor, grant_act(ask.caller, std::move(changes)), now));
        return authorized;
    };
    auto const authorized = co_await http::on_store(context.store, std::move(authorize));
    if (!authorized) co_return failure(context, request, authorized.error());
    std::string text;
    json::Writer writer(text);
    writer.object()
        .member("code", authorized->code.reveal())
        .member("redirectTo", authorized->redirect_to)
        .end();
    co_return json_reply(201, std::move(text));
}

}  // namespace updraft::admin
