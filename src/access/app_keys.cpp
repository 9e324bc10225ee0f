#include "access/app_keys.h"

#include "text/base64.h"

namespace updraft::access {
namespace {

constexpr std::size_t push_secret_bytes = 32;  // Standard Webhooks: 24 to 64.

AppKeys mint(IdSource& id_source) {
    std::array<std::uint8_t, push_secret_bytes> raw{};
    id_source.fill(raw);
    auto const text = text::base64(std::string(raw.begin(), raw.end()));
    return {.appkey = Secret(id_source.alphanumeric(appkey_characters)),
            .push_secret = Secret("whsec_" + text)};
}

void put_keys(App& app, AppKeys const& keys, IdSource& id_source, Seal const& seal) {
    app.appkey_digest = sha256(keys.appkey.reveal());
    app.appkey = seal.close(keys.appkey.reveal(), id_source);
    app.push_secret = seal.close(keys.push_secret.reveal(), id_source);
}

}  // namespace

NewApp new_app(std::string name, IdSource& id_source, Seal const& seal, Instant now) {
    NewApp made;
    made.keys = mint(id_source);
    made.app.appid = id_source.app_id();
    made.app.name = std::move(name);
    made.app.created_at = now;
    put_keys(made.app, made.keys, id_source, seal);
    return made;
}

AppKeys rotate(App& app, Millis grace, IdSource& id_source, Seal const& seal, Instant now) {
    app.old_appkey_digest.reset();
    app.old_push_secret.reset();
    app.old_keys_until.reset();
    if (grace > Millis::zero()) {
        app.old_appkey_digest = app.appkey_digest;
        app.old_push_secret = app.push_secret;
        app.old_keys_until = now + grace;
    }
    auto keys = mint(id_source);
    put_keys(app, keys, id_source, seal);
    return keys;
}

}  // namespace updraft::access
