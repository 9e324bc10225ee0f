#include "access/device_credential.h"

#include "access/identify.h"
#include "ports/devices_table.h"
#include "vocabulary/ascii.h"
#include "vocabulary/if_found.h"

namespace updraft::access {
namespace {

// What follows "<scheme> ", or nothing.
std::optional<std::string_view> after_scheme(std::string_view text, std::string_view scheme) {
    if (text.size() <= scheme.size() || text[scheme.size()] != ' ') return std::nullopt;
    if (!same_name(text.substr(0, scheme.size()), scheme)) return std::nullopt;
    auto const start = text.find_first_not_of(' ', scheme.size());
    if (start == std::string_view::npos) return std::nullopt;
    return text.substr(start);
}

// The device, or nothing when there is none.
Result<std::optional<fleet::Device>> find(Tx const& tx, Did const& did) {
    return if_found(tx.devices().find(did));
}

}  // namespace

Result<DeviceCredential> read_device_credential(std::string_view authorization) {
    using Scheme = DeviceCredential::Scheme;
    if (auto const token = after_scheme(authorization, "targettoken")) {
        return DeviceCredential{.scheme = Scheme::target, .digest = sha256(*token)};
    }
    if (auto const token = after_scheme(authorization, "gatewaytoken")) {
        return DeviceCredential{.scheme = Scheme::gateway, .digest = sha256(*token)};
    }
    return fail(Errc::unauthorized, "Authorization must be a TargetToken or a GatewayToken");
}

Result<fleet::Device> authenticate(Tx const& tx, DeviceCredential const& credential,
                                   Did const& did) {
    static Sha256 const nobodys{};
    TRY_ASSIGN(auto device, find(tx, did));
    auto speaks = same_digest(device ? device->token_digest : nobodys, credential.digest);
    if (credential.scheme == DeviceCredential::Scheme::gateway && device && device->gateway_did) {
        TRY_ASSIGN(auto const gateway, find(tx, *device->gateway_did));
        auto const gateway_speaks =
            same_digest(gateway ? gateway->token_digest : nobodys, credential.digest);
        speaks = speaks || gateway_speaks;
    }
    if (!device || !speaks) {
        return fail(Errc::unauthorized, "this token does not speak for this device");
    }
    return std::move(*device);
}

}  // namespace updraft::access
