#include "access/granting.h"

#include "ports/apps_table.h"
#include "ports/grants_table.h"
#include "ports/openings_table.h"
#include "vocabulary/if_found.h"

namespace updraft::access {
namespace {

// Random bytes of an openId that is made for an app's user: 128 bits, so that no two are equal.
constexpr std::size_t open_id_bytes = 16;

Result<OpenId> known_or_new(Tx& tx, Means const& means, AppId const& appid,
                            std::string const& account_id, Instant now) {
    TRY_ASSIGN(auto known, if_found(tx.grants().user_of(appid, account_id)));
    if (known) return std::move(known->open_id);
    TRY_ASSIGN(auto const made, tx.grants().users_made_by(appid));
    if (made >= means.users_per_app_max) {
        return fail(Errc::too_many, "accountId: this app has made as many users as it may");
    }
    User const user{.open_id = {means.id_source.hex(open_id_bytes)},
                    .made_by = appid,
                    .account_id = account_id,
                    .created_at = now};
    TRY(tx.grants().put_user(user));
    return user.open_id;
}

}  // namespace

Result<Issued> sign_in(Tx& tx, Means const& means, AppId const& appid,
                       std::string const& account_id, Instant now) {
    TRY_ASSIGN(auto open_id, known_or_new(tx, means, appid, account_id, now));
    Caller const caller{.appid = appid, .open_id = std::move(open_id)};
    TRY(tx.grants().put_grant(
        {.appid = caller.appid, .open_id = caller.open_id, .created_at = now}));
    return issue(tx, means, caller, now);
}

Result<void> put_grant(Tx& tx, Caller const& caller, Instant now) {
    TRY(tx.apps().find(caller.appid));
    TRY_ASSIGN(auto const user, if_found(tx.grants().user(caller.open_id)));
    if (user && user->made_by && *user->made_by != caller.appid) {
        return fail(Errc::conflict, "openId: another app made this user");
    }
    if (!user) {
        TRY(tx.grants().put_user({.open_id = caller.open_id,
                                  .made_by = std::nullopt,
                                  .account_id = std::nullopt,
                                  .created_at = now}));
    }
    return tx.grants().put_grant(
        {.appid = caller.appid, .open_id = caller.open_id, .created_at = now});
}

Result<Issued> grant(Tx& tx, Means const& means, Caller const& caller, Instant now) {
    TRY(put_grant(tx, caller, now));
    return issue(tx, means, caller, now);
}

Result<void> revoke(Tx& tx, Caller const& caller) {
    TRY(tx.grants().remove_grant(caller.appid, caller.open_id));
    TRY_ASSIGN(auto const opening, tx.openings().of_user(caller.open_id));
    if (!opening || opening->appid != caller.appid) return {};
    return tx.openings().end(opening->order_id);
}

}  // namespace updraft::access
