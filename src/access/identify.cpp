#include "access/identify.h"

#include "ports/apps_table.h"
#include "vocabulary/secret.h"

namespace updraft::access {
namespace {

std::string_view bytes_of(Sha256 const& digest) {
    return {static_cast<char const*>(static_cast<void const*>(digest.data())), digest.size()};
}

// No app has a longer appid. Longer ones are not looked up, so that they do not fill the cache.
constexpr std::size_t appid_bytes_max = 64;

}  // namespace

bool same_digest(Sha256 const& a, Sha256 const& b) { return same_secret(bytes_of(a), bytes_of(b)); }

// Always compares two digests, so that the time does not show whether the app exists. An absent
// digest is replaced by zeros, which no key has.
Result<std::shared_ptr<App const>> identify_app(Tx const& tx, AppId const& appid,
                                                Sha256 const& appkey_digest, Instant now) {
    static AppId const no_app{std::string(24, '-')};
    static Sha256 const no_digest{};
    auto app = tx.apps().find(appid.value.size() <= appid_bytes_max ? appid : no_app);
    if (!app && app.error().code != Errc::not_found) return app;

    auto const* const known = app ? app->get() : nullptr;
    auto const in_grace = known != nullptr && known->old_appkey_digest && known->old_keys_until &&
                          now < *known->old_keys_until;
    auto const is_current =
        same_digest(known != nullptr ? known->appkey_digest : no_digest, appkey_digest);
    auto const is_old =
        same_digest(in_grace ? *known->old_appkey_digest : no_digest, appkey_digest);
    auto const enabled = known != nullptr && !known->disabled;
    if (enabled && (is_current || is_old)) return app;
    return fail(Errc::app_unknown, "Appid and Appkey do not name an app that may call");
}

}  // namespace updraft::access
