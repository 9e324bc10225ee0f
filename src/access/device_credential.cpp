#include "access/device_credential.h"

#include "access/identify.h"
#include "fleet/gateway.h"
#include "ports/devices_table.h"
#include "vocabulary/if_found.h"

namespace updraft::access {
namespace {

// The device, or nothing when there is none.
Result<std::optional<fleet::Device>> find(Tx const& tx, Did const& did) {
    return if_found(tx.devices().find(did));
}

// Compares also when there is no holder, so that the time does not show whether it exists.
bool holds(std::optional<fleet::Device> const& holder, Sha256 const& digest) {
    static Sha256 const of_no_token{};
    return same_digest(holder ? holder->token_digest : of_no_token, digest) && holder.has_value();
}

}  // namespace

Result<fleet::Device> authenticate(Tx const& tx, DeviceCredential const& credential,
                                   Did const& did) {
    using Holder = DeviceCredential::Holder;
    TRY_ASSIGN(auto device, find(tx, did));
    auto speaks = holds(device, credential.digest);
    if (credential.holder == Holder::gateway && device && device->gateway_did) {
        TRY_ASSIGN(auto const gateway, find(tx, *device->gateway_did));
        auto const gateway_speaks =
            holds(gateway, credential.digest) && fleet::speaks_for(gateway->did, *device);
        speaks = speaks || gateway_speaks;
    }
    if (!device || !speaks) {
        return fail(Errc::unauthorized, "this token does not speak for this device");
    }
    return std::move(*device);
}

}  // namespace updraft::access
