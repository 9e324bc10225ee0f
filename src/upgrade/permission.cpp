#include "upgrade/permission.h"

#include "ports/apps_table.h"
#include "ports/grants_table.h"
#include "vocabulary/if_found.h"

namespace updraft::upgrade {

Result<std::optional<Error>> refusal_of(Tx const& tx, std::optional<AppId> const& appid,
                                        OpenId const& open_id) {
    if (!appid) return std::nullopt;
    TRY_ASSIGN(auto const app, if_found(tx.apps().find(*appid)));
    if (!app || (*app)->disabled) {
        return Error{Errc::app_unknown, "the app was disabled or removed meanwhile"};
    }
    if (!(*app)->ota_enabled) {
        return Error{Errc::app_forbidden, "this app may not call the upgrade API any more"};
    }
    TRY_ASSIGN(bool const granted, tx.grants().granted(*appid, open_id));
    if (granted) return std::nullopt;
    return Error{Errc::token_invalid, "Access-Token: the grant was deleted meanwhile"};
}

}  // namespace updraft::upgrade
