// A device to write into a store.
//
// Lives here: its plain members, and the body of a transaction that inserts it.
//
// Not here:   the devices of the conformance tests (tests/contracts/store/backend.h).
#pragma once

#include <string>
#include <utility>

#include "fleet/device.h"
#include "ports/devices_table.h"
#include "ports/store.h"
#include "stage/manual_clock.h"

namespace updraft::sqlstore {

// A device of the model "lamp" on version "0", bound to no user.
inline fleet::Device a_device(std::string did) {
    fleet::Device device;
    device.did = {std::move(did)};
    device.model = {"lamp"};
    device.version = {"0"};
    device.created_at = stage::noon;
    return device;
}

inline Store::WriteBody inserting(std::string did) {
    return [did = std::move(did)](Tx& tx) { return tx.devices().insert(a_device(did)); };
}

}  // namespace updraft::sqlstore
