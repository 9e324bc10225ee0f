#include "openota/identify.h"

#include "access/identify.h"
#include "http/limits.h"
#include "http/on_store.h"
#include "openota/reply.h"

namespace updraft::openota {
namespace {

Result<void> take_turn(CallHeaders& headers) {
    if (!headers.refused_by_rate) {
        headers.refused_by_rate = headers.rate->refused(headers.appid, headers.now).has_value();
    }
    if (*headers.refused_by_rate) return fail(Errc::too_many, "too many calls of this app");
    return {};
}

}  // namespace

bool has_app_keys(http::Request const& request) {
    return !request.field("Appid").value_or("").empty() &&
           !request.field("Appkey").value_or("").empty();
}

CallHeaders read_call_headers(Context const& context, http::Request const& request) {
    CallHeaders headers;
    headers.appid.value = request.field("Appid").value_or("");
    headers.appkey = sha256(request.field("Appkey").value_or(""));
    auto const token = request.field("Access-Token").value_or("");
    if (!token.empty()) headers.token = sha256(token);
    headers.open_id = request.field("Openid").value_or("");
    headers.now = context.clock.now();
    headers.rate = &context.rate;
    return headers;
}

Result<void> identify_app(Tx const& tx, CallHeaders& headers) {
    TRY(access::identify_app(tx, headers.appid, headers.appkey, headers.now));
    return take_turn(headers);
}

Result<access::Caller> identify(Tx const& tx, CallHeaders& headers) {
    TRY_ASSIGN(auto const app,
               access::identify_app(tx, headers.appid, headers.appkey, headers.now));
    if (!app->ota_enabled) {
        return fail(Errc::app_forbidden, "this app may not call the upgrade API");
    }
    TRY(take_turn(headers));
    if (!headers.token) return fail(Errc::token_invalid, "Access-Token: missing");
    TRY_ASSIGN(auto open_id, access::check(tx, headers.appid, *headers.token, headers.now));
    access::Caller caller{.appid = headers.appid, .open_id = std::move(open_id)};
    if (!headers.open_id.empty() && headers.open_id != caller.open_id.value) {
        return fail(Errc::wrong_user, "Openid: not the user of this Access-Token");
    }
    return caller;
}

http::asio::awaitable<std::optional<http::Reply>> check_head(Context& context,
                                                             http::Request const& request) {
    auto const bytes = request.announced_bytes;
    bool const small = bytes && *bytes <= http::uncounted_body_bytes;
    if (!bytes || (small && has_app_keys(request))) co_return std::nullopt;
    auto look = [headers = read_call_headers(context, request)](Tx const& tx) {
        return access::identify_app(tx, headers.appid, headers.appkey, headers.now);
    };
    auto const app = co_await http::on_store(context.store, std::move(look));
    if (!app) co_return failure(context, request, app.error());
    co_return std::nullopt;
}

Result<void> check_user(access::Caller const& caller, std::string const& open_id) {
    if (open_id.empty() || open_id == caller.open_id.value) return {};
    return fail(Errc::wrong_user, "openId: not the user of this Access-Token");
}

}  // namespace updraft::openota
