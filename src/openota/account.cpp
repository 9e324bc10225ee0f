#include "openota/account.h"

#include "access/granting.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "openota/asks.h"
#include "openota/identify.h"
#include "openota/reply.h"

namespace updraft::openota {
namespace {

// A read for on_store(): checks 801, then 104, then 302 for the body, and answers the app.
template <class Ask>
auto asking_app(Context const& context, http::Request const& request, Result<Ask> const& ask) {
    Result<void> readable;
    if (!ask) readable = fail(ask.error());
    return [headers = read_call_headers(context, request),
            readable = std::move(readable)](Tx const& tx) mutable -> Result<AppId> {
        TRY(identify_app(tx, headers));
        if (!readable) return fail(readable.error());
        return headers.appid;
    };
}

access::Means means_of(Context& context) {
    return {.id_source = context.id_source,
            .lifetimes = context.settings.lifetimes,
            .users_per_app_max = context.settings.users_per_app_max};
}

http::Reply issued_reply(access::Issued const& issued) {
    std::string result;
    json::Writer(result)
        .object()
        .member("openId", issued.open_id.value)
        .member("accessToken", issued.access_token.reveal())
        .member("expires_in", issued.expires_in_seconds)
        .member("refreshToken", issued.refresh_token.reveal())
        .end();
    return not_stored(success(result));
}

}  // namespace

http::asio::awaitable<http::Reply> access_get(Context& context, http::Request const& request) {
    auto const account_id = read_account_id(request.body);
    auto ask = asking_app(context, request, account_id);
    auto const appid = co_await http::on_store(context.store, std::move(ask));
    if (!appid) co_return failure(context, request, appid.error());

    auto body = [means = means_of(context), appid = *appid, account_id = *account_id,
                 now = context.clock.now()](Tx& tx) {
        return access::sign_in(tx, means, appid, account_id, now);
    };
    auto const issued = co_await http::on_store(context.store, std::move(body));
    if (!issued) co_return failure(context, request, issued.error());
    co_return issued_reply(*issued);
}

http::asio::awaitable<http::Reply> access_refresh(Context& context, http::Request const& request) {
    auto const wanted = read_refresh_ask(request.body);
    auto ask = asking_app(context, request, wanted);
    auto const appid = co_await http::on_store(context.store, std::move(ask));
    if (!appid) co_return failure(context, request, appid.error());

    auto body = [means = means_of(context), appid = *appid, open_id = wanted->open_id,
                 token = sha256(wanted->refresh_token), now = context.clock.now()](Tx& tx) {
        return access::refresh(tx, means, appid, open_id, token, now);
    };
    auto const issued = co_await http::on_store(context.store, std::move(body));
    if (!issued) co_return failure(context, request, issued.error());
    if (!*issued) {
        Error const used{Errc::refresh_invalid, "refreshToken: not a token of this user"};
        co_return failure(context, request, used);
    }
    co_return issued_reply(**issued);
}

}  // namespace updraft::openota
