#include "openota/identify.h"

#include "access/identify.h"

namespace updraft::openota {
namespace {

Result<void> take_turn(Knock& knock) {
    if (!knock.refused_by_rate) {
        knock.refused_by_rate = knock.rate->refused(knock.appid, knock.now).has_value();
    }
    if (*knock.refused_by_rate) return fail(Errc::too_many, "too many calls of this app");
    return {};
}

}  // namespace

Knock read_knock(Door const& door, http::Request const& request) {
    Knock knock;
    knock.appid.value = request.field("Appid").value_or("");
    knock.appkey = sha256(request.field("Appkey").value_or(""));
    auto const token = request.field("Access-Token").value_or("");
    if (!token.empty()) knock.token = sha256(token);
    knock.open_id = request.field("Openid").value_or("");
    knock.now = door.clock.now();
    knock.rate = &door.rate;
    return knock;
}

Result<void> identify_app(Tx const& tx, Knock& knock) {
    TRY(access::identify_app(tx, knock.appid, knock.appkey, knock.now));
    return take_turn(knock);
}

Result<access::Caller> identify(Tx const& tx, Knock& knock) {
    TRY_ASSIGN(auto const app, access::identify_app(tx, knock.appid, knock.appkey, knock.now));
    if (!app->ota_enabled) {
        return fail(Errc::app_forbidden, "this app may not call the upgrade API");
    }
    TRY(take_turn(knock));
    if (!knock.token) return fail(Errc::token_invalid, "Access-Token: missing");
    TRY_ASSIGN(auto open_id, access::check(tx, knock.appid, *knock.token, knock.now));
    access::Caller caller{.appid = knock.appid, .open_id = std::move(open_id)};
    if (!knock.open_id.empty() && knock.open_id != caller.open_id.value) {
        return fail(Errc::wrong_user, "Openid: not the user of this Access-Token");
    }
    return caller;
}

Result<void> check_user(access::Caller const& caller, std::string const& open_id) {
    if (open_id.empty() || open_id == caller.open_id.value) return {};
    return fail(Errc::wrong_user, "openId: not the user of this Access-Token");
}

}  // namespace updraft::openota
