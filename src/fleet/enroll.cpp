#include "fleet/enroll.h"

#include "access/grant.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "vocabulary/digest.h"
#include "vocabulary/if_found.h"

namespace updraft::fleet {
namespace {

// One level deep: who may speak for whom, and whose turn it is, is then said by one name.
Result<void> check_gateway(Tx const& tx, Did const& did, std::optional<Did> const& gateway_did) {
    if (!gateway_did) return {};
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

Result<void> make_known(Tx& tx, std::optional<OpenId> const& open_id, Instant now) {
    if (!open_id) return {};
    access::User const user{.open_id = *open_id,
                            .made_by = std::nullopt,
                            .account_id = std::nullopt,
                            .created_at = now};
    return tx.grants().put_user(user);
}

Secret mint_token(Device& device, IdSource& id_source) {
    Secret token(id_source.token());
    device.token_digest = sha256(token.reveal());
    return token;
}

Result<Enrolled> create(Tx& tx, IdSource& id_source, Device device) {
    Enrolled enrolled;
    enrolled.token = mint_token(device, id_source);
    enrolled.offer_may_be_new = device.open_id.has_value();
    TRY(tx.devices().insert(device));
    enrolled.device = std::move(device);
    return enrolled;
}

// Writes what a known device has become.
Result<Enrolled> become(Tx& tx, Device const& before, Device after, LeavesUser const& leaves_user,
                        Instant now) {
    if (after.gateway_did != before.gateway_did) {
        TRY(check_gateway(tx, after.did, after.gateway_did));
    }
    auto const rebound = after.open_id != before.open_id;
    if (rebound && before.open_id) {
        TRY(leaves_user(tx, before, Parting::unbound));
    } else if (after.model != before.model) {
        TRY(leaves_user(tx, before, Parting::other_model));
    }
    if (rebound) TRY(make_known(tx, after.open_id, now));
    TRY(tx.devices().replace(after));
    auto const differs = after.model != before.model || after.version != before.version;
    Enrolled enrolled;
    enrolled.offer_may_be_new = after.open_id && (rebound || differs);
    enrolled.device = std::move(after);
    return enrolled;
}

}  // namespace

Result<Enrolled> enroll(Tx& tx, IdSource& id_source, Enrolment const& wanted,
                        std::optional<Device> const& before, LeavesUser const& leaves_user,
                        Instant now) {
    Device after;
    if (before) {
        after = *before;
    } else {
        after.did = wanted.did;
        after.created_at = now;
    }
    after.name = wanted.name;
    after.model = wanted.model;
    after.version = wanted.version;
    after.open_id = wanted.open_id;
    after.gateway_did = wanted.gateway_did;
    if (before) return become(tx, *before, std::move(after), leaves_user, now);
    TRY(check_gateway(tx, after.did, after.gateway_did));
    TRY(make_known(tx, after.open_id, now));
    return create(tx, id_source, std::move(after));
}

Result<Enrolled> change(Tx& tx, Did const& did, DeviceChange const& wanted,
                        LeavesUser const& leaves_user, Instant now) {
    TRY_ASSIGN(auto const before, tx.devices().find(did));
    auto after = before;
    if (wanted.name) after.name = *wanted.name;
    if (wanted.model) after.model = *wanted.model;
    if (wanted.version) after.version = *wanted.version;
    if (wanted.open_id) after.open_id = *wanted.open_id;
    if (wanted.gateway_did) after.gateway_did = *wanted.gateway_did;
    return become(tx, before, std::move(after), leaves_user, now);
}

Result<Secret> renew_token(Tx& tx, IdSource& id_source, Did const& did) {
    TRY_ASSIGN(auto device, tx.devices().find(did));
    auto token = mint_token(device, id_source);
    TRY(tx.devices().replace(device));
    return token;
}

Result<void> remove(Tx& tx, Did const& did, LeavesUser const& leaves_user) {
    TRY_ASSIGN(auto const before, tx.devices().find(did));
    TRY(leaves_user(tx, before, Parting::unbound));
    return tx.devices().remove(did);
}

}  // namespace updraft::fleet
