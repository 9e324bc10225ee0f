#include "sqlstore/tables/apps_rows.h"

#include <array>

#include "sqlstore/tables/digest_column.h"
#include "sqlstore/tables/pages.h"

#define APP_COLUMNS                                                                 \
    "appid, name, disabled, ota_enabled, appkey_digest, appkey, push_secret, "      \
    "old_appkey_digest, old_push_secret, old_keys_until, push_url, push_progress, " \
    "push_result, push_new_firmware, push_state, created_at, push_withdrawn"

namespace updraft::sqlstore {
namespace {

Result<access::PushState> read_push_state(std::string_view text) {
    if (auto const state = access::read_push_state(text)) return *state;
    return fail(Errc::corrupt, "a stored app has the push state " + std::string(text));
}

Result<access::App> read_app(Rows const& rows) {
    access::App app;
    app.appid = rows.name<AppId>(0);
    app.name = rows.text(1);
    app.disabled = rows.truth(2);
    app.ota_enabled = rows.truth(3);
    TRY_ASSIGN(app.appkey_digest, read_digest(rows.text(4)));
    app.appkey.base64 = rows.text(5);
    app.push_secret.base64 = rows.text(6);
    if (!rows.is_null(7)) {
        TRY_ASSIGN(app.old_appkey_digest, read_digest(rows.text(7)));
    }
    if (!rows.is_null(8)) app.old_push_secret = access::Sealed{std::string(rows.text(8))};
    app.old_keys_until = rows.maybe_instant(9);
    app.push_url = rows.maybe_text(10);
    app.push_events = {.progress = rows.truth(11),
                       .result = rows.truth(12),
                       .new_firmware = rows.truth(13),
                       .withdrawn = rows.truth(16)};
    TRY_ASSIGN(app.push_state, read_push_state(rows.text(14)));
    app.created_at = rows.instant(15);
    return app;
}

// The columns that may be null, in types that Param accepts.
struct OldKeys {
    std::optional<DigestColumn> digest;
    std::optional<std::string_view> push_secret;
};
OldKeys old_keys_of(access::App const& app) {
    OldKeys old;
    if (app.old_appkey_digest) old.digest = digest_column(*app.old_appkey_digest);
    if (app.old_push_secret) old.push_secret = app.old_push_secret->base64;
    return old;
}

Param digest_param(std::optional<DigestColumn> const& digest) {
    return digest ? Param(std::string_view(*digest)) : Param(nullptr);
}

}  // namespace

Result<std::shared_ptr<access::App const>> AppsRows::find(AppId const& appid) const {
    auto const* const kept = cache_.find(appid);
    auto app = kept != nullptr ? *kept : nullptr;
    if (kept == nullptr) {
        TRY_ASSIGN(auto rows,
                   session_.query("SELECT " APP_COLUMNS " FROM apps WHERE appid = $1", appid));
        TRY_ASSIGN(auto const found, rows.next());
        if (found) {
            TRY_ASSIGN(auto read, read_app(rows));
            app = std::make_shared<access::App const>(std::move(read));
        }
        cache_.keep(appid, app);
    }
    if (!app) return fail(Errc::not_found, "appid: no such app");
    return app;
}

Result<Page<access::App>> AppsRows::list(PageAsk const& ask) const {
    return page_of(
        session_.query("SELECT " APP_COLUMNS " FROM apps WHERE appid > $1 ORDER BY appid LIMIT $2",
                       ask.after.value_or(""), ask.limit + 1),
        ask, [](Rows const& rows) { return read_app(rows); },
        [](access::App const& app) { return app.appid.value; });
}

Result<void> AppsRows::insert(access::App const& app) {
    auto const old = old_keys_of(app);
    TRY(session_.change("INSERT INTO apps (" APP_COLUMNS
                        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
                        "$12, $13, $14, $15, $16, $17)",
                        app.appid, app.name, app.disabled, app.ota_enabled,
                        digest_column(app.appkey_digest), app.appkey.base64, app.push_secret.base64,
                        digest_param(old.digest), old.push_secret, app.old_keys_until, app.push_url,
                        app.push_events.progress, app.push_events.result,
                        app.push_events.new_firmware, word(app.push_state), app.created_at,
                        app.push_events.withdrawn));
    caches_.changed(Cached::apps);
    return {};
}

Result<void> AppsRows::replace(access::App const& app) {
    auto const old = old_keys_of(app);
    TRY_ASSIGN(
        auto const changed,
        session_.execute(
            "UPDATE apps SET name = $2, disabled = $3, ota_enabled = $4, appkey_digest = $5, "
            "appkey = $6, push_secret = $7, old_appkey_digest = $8, old_push_secret = $9, "
            "old_keys_until = $10, push_url = $11, push_progress = $12, push_result = $13, "
            "push_new_firmware = $14, push_state = $15, push_withdrawn = $16 WHERE appid = $1",
            app.appid, app.name, app.disabled, app.ota_enabled, digest_column(app.appkey_digest),
            app.appkey.base64, app.push_secret.base64, digest_param(old.digest), old.push_secret,
            app.old_keys_until, app.push_url, app.push_events.progress, app.push_events.result,
            app.push_events.new_firmware, word(app.push_state), app.push_events.withdrawn));
    if (changed == 0) return fail(Errc::not_found, "appid: no such app");
    caches_.changed(Cached::apps);
    return {};
}

Result<void> AppsRows::remove(AppId const& appid) {
    TRY(session_.change("DELETE FROM tokens WHERE appid = $1", appid));
    TRY(session_.change("DELETE FROM codes WHERE appid = $1", appid));
    TRY(session_.change("DELETE FROM grants WHERE appid = $1", appid));
    TRY_ASSIGN(auto const removed, session_.execute("DELETE FROM apps WHERE appid = $1", appid));
    if (removed == 0) return fail(Errc::not_found, "appid: no such app");
    caches_.changed(Cached::apps);
    return {};
}

}  // namespace updraft::sqlstore
