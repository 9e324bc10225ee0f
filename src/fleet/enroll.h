// Creates and changes devices: the values of their rows.
//
// Lives here: the effect of PUT, PATCH, import and a new token on the device's own row.
//
// Not here:   the consequences for its upgrades and for apps (usecases/enroll_devices.h,
//             usecases/change_device.h), JSON and statuses (admin/devices.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/device.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/secret.h"

namespace updraft::fleet {

// Characters of a device token that an operator chooses.
inline constexpr std::size_t device_token_min = 16;
inline constexpr std::size_t device_token_max = 128;

// A device token that an operator chose. Errc::invalid, naming `deviceToken`, unless it has
// device_token_min to device_token_max characters of [A-Za-z0-9_-].
[[nodiscard]] Result<Secret> read_device_token(std::string_view text);

// All values of a device that an operator sets. Absent values are cleared (open_id: not bound).
struct Enrolment {
    Did did;
    std::string name;
    ModelName model;
    Version version;
    std::optional<OpenId> open_id;
    std::optional<Did> gateway_did;
    std::optional<Secret> token;  // Absent: a new device gets a random one; others keep theirs.
    std::vector<std::string> tags = {};  // Sorted.
};

// The values of a device that an operator changes; absent ones stay. An absent inner optional
// clears the value.
struct DeviceChange {
    Did did;
    std::optional<std::string> name;
    std::optional<ModelName> model;
    std::optional<Version> version;
    std::optional<std::optional<OpenId>> open_id;
    std::optional<std::optional<Did>> gateway_did;
    std::optional<Secret> token;
    std::optional<std::vector<std::string>> tags = {};  // Sorted.
    bool forget_way_back = false;                       // Clears Device::offers_after.
};

// A device before and after a change that is not written yet.
struct Became {
    std::optional<Device> before;  // Absent: the device is new.
    Device after;
    std::optional<Secret> token;  // Chosen by the operator; `after` has its digest.

    // True when it had a user, and has no user or another one after the change.
    [[nodiscard]] bool leaves_user() const;
    // True when it existed with another model.
    [[nodiscard]] bool changes_model() const;
    // True when it has a user, and it is new or its user, model, version or way back changed.
    [[nodiscard]] bool offer_may_be_new() const;
};

// The device after an enrolment. `before`: the device as it is in this transaction; absent when it
// does not exist. Its gateway need not exist yet, because an import may have any order.
// Errc::invalid when the device would be its own gateway, or a gateway would have a gateway, and
// when a did that comes in is "." or "..": clients drop such a segment from a path.
[[nodiscard]] Result<Became> enrolled(Tx const& tx, Enrolment const& wanted,
                                      std::optional<Device> before, Instant now);

// The device after that change. Errc::not_found, and the errors of enrolled().
[[nodiscard]] Result<Became> changed(Tx const& tx, DeviceChange const& wanted);

// Writes the device's row; a user that does not exist is created. Answers the device token of a new
// device, which is the chosen one if there is one; nothing when the device existed.
[[nodiscard]] Result<std::optional<Secret>> write_device(Tx& tx, IdSource& id_source,
                                                         Became& became, Instant now);

// Sets and answers a new device token; the old one becomes invalid. Errc::not_found.
[[nodiscard]] Result<Secret> renew_token(Tx& tx, IdSource& id_source, Did const& did);

}  // namespace updraft::fleet
