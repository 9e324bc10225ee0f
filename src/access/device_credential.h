// Which device is speaking (DDI): its own token, or that of the gateway it hangs on.
//
// Lives here: reading an Authorization header and comparing tokens.
// Not here:   minting device tokens (fleet/enroll.h), what a 401 looks like (ddi/).
#pragma once

#include <string_view>

#include "fleet/device.h"
#include "ports/store.h"

namespace updraft::access {

// "TargetToken <token>" or "GatewayToken <token>", the scheme in any case.
struct DeviceCredential {
    enum class Scheme : std::uint8_t { target, gateway };
    Scheme scheme = Scheme::target;
    Sha256 digest{};
};

// Errc::unauthorized when it is neither.
[[nodiscard]] Result<DeviceCredential> read_device_credential(std::string_view authorization);

// The device, if the credential may speak for it: a TargetToken for itself, a GatewayToken for the
// gateway and what hangs on it. Errc::unauthorized, in the same words when there is no such device.
[[nodiscard]] Result<fleet::Device> authenticate(Tx const& tx, DeviceCredential const& credential,
                                                 Did const& did);

}  // namespace updraft::access
