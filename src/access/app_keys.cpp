#include "access/app_keys.h"

#include "vocabulary/base64.h"

namespace updraft::access {
namespace {

constexpr std::size_t push_secret_bytes = 32;  // Standard Webhooks: 24 to 64.

AppKeys mint(Minter& minter) {
    std::array<std::uint8_t, push_secret_bytes> raw{};
    minter.fill(raw);
    auto const text = base64(std::string(raw.begin(), raw.end()));
    return {.appkey = Secret(minter.alphanumeric(appkey_characters)),
            .push_secret = Secret("whsec_" + text)};
}

void put_keys(App& app, AppKeys const& keys, Minter& minter, Seal const& seal) {
    app.appkey_digest = sha256(keys.appkey.reveal());
    app.appkey = seal.close(keys.appkey.reveal(), minter);
    app.push_secret = seal.close(keys.push_secret.reveal(), minter);
}

}  // namespace

NewApp new_app(std::string name, Minter& minter, Seal const& seal, Instant now) {
    NewApp made;
    made.keys = mint(minter);
    made.app.appid = minter.app_id();
    made.app.name = std::move(name);
    made.app.created_at = now;
    put_keys(made.app, made.keys, minter, seal);
    return made;
}

AppKeys rotate(App& app, Millis grace, Minter& minter, Seal const& seal, Instant now) {
    app.old_appkey_digest.reset();
    app.old_push_secret.reset();
    app.old_keys_until.reset();
    if (grace > Millis::zero()) {
        app.old_appkey_digest = app.appkey_digest;
        app.old_push_secret = app.push_secret;
        app.old_keys_until = now + grace;
    }
    auto keys = mint(minter);
    put_keys(app, keys, minter, seal);
    return keys;
}

}  // namespace updraft::access
