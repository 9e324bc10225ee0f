// Authenticates a device's call. Every channel does this first.
//
// Lives here: who calls as values, and finding the device.
//
// Not here:   comparing tokens (access/device_credential.h), how a channel writes a credential
//             (ddi/identify.h).
#pragma once

#include "access/device_credential.h"

namespace updraft::channel {

// Owns its values, so that a transaction may keep a copy. `did` may be any text: one that is not a
// valid did is looked up as well, so that all unknown devices get the same answer.
struct DeviceCall {
    Did did;
    access::DeviceCredential credential;
};

// The device; Errc::unauthorized when it does not exist or the credential is not valid for it.
[[nodiscard]] inline Result<fleet::Device> authenticate(Tx const& tx, DeviceCall const& call) {
    return access::authenticate(tx, call.credential, call.did);
}

}  // namespace updraft::channel
