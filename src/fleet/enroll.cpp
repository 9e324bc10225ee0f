#include "fleet/enroll.h"

#include "access/grant.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "vocabulary/digest.h"
#include "vocabulary/if_found.h"

namespace updraft::fleet {
namespace {

Result<void> check_reachable(Did const& did, std::string_view field) {
    if (did.value != "." && did.value != "..") return {};
    return fail(Errc::invalid,
                std::string(field) + " must not be . or .., which paths cannot hold");
}

// Gateways have one level: a gateway has no gateway itself. So one did is enough to know which
// gateway may act for a device, and with which devices it takes turns.
Result<void> check_gateway(Tx const& tx, Did const& did, std::optional<Did> const& gateway_did) {
    if (!gateway_did) return {};
    TRY(check_reachable(*gateway_did, "gatewayDid"));
    if (*gateway_did == did) {
        return fail(Errc::invalid, "gatewayDid: a device cannot be its own gateway");
    }
    TRY_ASSIGN(auto const gateway, if_found(tx.devices().find(*gateway_did)));
    if (gateway && gateway->gateway_did) {
        return fail(Errc::invalid, "gatewayDid: that device hangs on a gateway itself");
    }
    TRY_ASSIGN(auto const is_gateway, tx.devices().has_sub_devices(did));
    if (is_gateway) {
        return fail(Errc::invalid, "gatewayDid: this device is a gateway of others itself");
    }
    return {};
}

Result<void> make_known(Tx& tx, OpenId const& open_id, Instant now) {
    access::User const user{
        .open_id = open_id, .made_by = std::nullopt, .account_id = std::nullopt, .created_at = now};
    return tx.grants().put_user(user);
}

Secret mint_token(Device& device, IdSource& id_source) {
    Secret token(id_source.device_token());
    device.token_digest = sha256(token.reveal());
    return token;
}

void choose_token(Became& became, std::optional<Secret> const& token) {
    if (!token) return;
    became.token = token;
    became.after.token_digest = sha256(token->reveal());
}

Result<Became> checked(Tx const& tx, Became became) {
    if (became.changes_model()) became.after.offers_after.reset();
    auto const& gateway_did = became.after.gateway_did;
    auto const same = became.before && gateway_did == became.before->gateway_did;
    if (!same) TRY(check_gateway(tx, became.after.did, gateway_did));
    return became;
}

}  // namespace

Result<Secret> read_device_token(std::string_view text) {
    auto const fits = text.size() >= device_token_min && text.size() <= device_token_max;
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    if (fits && text.find_first_not_of(allowed) == std::string_view::npos) {
        return Secret(std::string(text));
    }
    return fail(Errc::invalid, "deviceToken must have " + std::to_string(device_token_min) +
                                   " to " + std::to_string(device_token_max) +
                                   " characters of A-Z, a-z, 0-9, _ and -");
}

bool Became::leaves_user() const {
    return before && before->open_id && after.open_id != before->open_id;
}

bool Became::changes_model() const { return before && after.model != before->model; }

bool Became::offer_may_be_new() const {
    if (!after.open_id) return false;
    return !before || after.open_id != before->open_id || after.model != before->model ||
           after.version != before->version || after.offers_after != before->offers_after;
}

Result<Became> enrolled(Tx const& tx, Enrolment const& wanted, std::optional<Device> before,
                        Instant now) {
    Became became;
    auto& after = became.after;
    if (before) {
        after = *before;
    } else {
        TRY(check_reachable(wanted.did, "did"));
        after.did = wanted.did;
        after.created_at = now;
    }
    after.name = wanted.name;
    after.model = wanted.model;
    after.version = wanted.version;
    after.open_id = wanted.open_id;
    after.gateway_did = wanted.gateway_did;
    after.tags = wanted.tags;
    choose_token(became, wanted.token);
    became.before = std::move(before);
    return checked(tx, std::move(became));
}

Result<Became> changed(Tx const& tx, DeviceChange const& wanted) {
    Became became;
    TRY_ASSIGN(became.before, tx.devices().find(wanted.did));
    auto& after = became.after;
    after = *became.before;
    if (wanted.name) after.name = *wanted.name;
    if (wanted.model) after.model = *wanted.model;
    if (wanted.version) after.version = *wanted.version;
    if (wanted.open_id) after.open_id = *wanted.open_id;
    if (wanted.gateway_did) after.gateway_did = *wanted.gateway_did;
    if (wanted.tags) after.tags = *wanted.tags;
    if (wanted.forget_way_back) after.offers_after.reset();
    choose_token(became, wanted.token);
    return checked(tx, std::move(became));
}

Result<std::optional<Secret>> write_device(Tx& tx, IdSource& id_source, Became& became,
                                           Instant now) {
    auto& after = became.after;
    auto const same_user = became.before && after.open_id == became.before->open_id;
    if (after.open_id && !same_user) TRY(make_known(tx, *after.open_id, now));
    std::optional<Secret> token;
    if (became.before) {
        TRY(tx.devices().replace(after));
        if (after.tags != became.before->tags) TRY(tx.devices().set_tags(after.did, after.tags));
    } else {
        token = became.token ? *became.token : mint_token(after, id_source);
        TRY(tx.devices().insert(after));
    }
    return token;
}

Result<Secret> renew_token(Tx& tx, IdSource& id_source, Did const& did) {
    TRY_ASSIGN(auto device, tx.devices().find(did));
    auto token = mint_token(device, id_source);
    TRY(tx.devices().replace(device));
    return token;
}

}  // namespace updraft::fleet
