// Authenticates a device by its own token or by the token of its gateway.
//
// Lives here: the credential as a value, and comparing it with the stored digests.
//
// Not here:   making device tokens (fleet/enroll.h), how a channel writes a credential
//             (ddi/identify.h).
#pragma once

#include "fleet/device.h"
#include "ports/store.h"

namespace updraft::access {

struct DeviceCredential {
    // Whose token it is, according to the request. A gateway may also act for its sub-devices.
    enum class Holder : std::uint8_t { device, gateway };
    Holder holder = Holder::device;
    Sha256 digest{};
};

// The device, if the credential is valid for it: a device's token for that device, a gateway's
// token for the gateway and its sub-devices. Errc::unauthorized otherwise, with the same text when
// the device does not exist.
[[nodiscard]] Result<fleet::Device> authenticate(Tx const& tx, DeviceCredential const& credential,
                                                 Did const& did);

}  // namespace updraft::access
