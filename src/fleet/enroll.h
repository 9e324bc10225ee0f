// Making a device known, changing what is known about it, and letting it go.
//
// Lives here: what PUT, PATCH, import, a new token and DELETE mean.
// Not here:   JSON and statuses (admin/devices), what becomes of upgrades (upgrade/cancel.h),
//             what apps are told (push/outbox.h).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "fleet/device.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/secret.h"

namespace updraft::fleet {

// What an operator says about a device; what is absent is not so (no open_id: not bound).
struct Enrolment {
    Did did;
    std::string name;
    ModelName model;
    Version version;
    std::optional<OpenId> open_id;
    std::optional<Did> gateway_did;
};

// What an operator changes; the outer optional says whether, the inner one to what.
struct DeviceChange {
    std::optional<std::string> name;
    std::optional<ModelName> model;
    std::optional<Version> version;
    std::optional<std::optional<OpenId>> open_id;
    std::optional<std::optional<Did>> gateway_did;
};

// Why what a device was doing can't go on.
enum class Parting : std::uint8_t {
    unbound,      // It leaves its user: unbound, rebound or removed.
    other_model,  // It is said to be of another model: the firmware under way is not for it.
};

// Called in the same transaction before such a change, with the device as it was: its active
// upgrade ends here. An error of it is the verb's.
using LeavesUser = std::function<Result<void>(Tx& tx, Device const& before, Parting why)>;

struct Enrolled {
    Device device;                  // As it is now.
    std::optional<Secret> token;    // Its device token; only when it was created.
    bool offer_may_be_new = false;  // Bound anew, or another model or version: tell its offer.
    [[nodiscard]] bool created() const { return token.has_value(); }
};

// Creates it, with a new token, or replaces all that an Enrolment says. An openId that is new
// becomes known. A gateway need not be known yet (an import comes in any order). Errc::invalid when
// it would be its own gateway, or a gateway would hang on a gateway.
// `before`: the device as this transaction knows it; absent when it knows none.
[[nodiscard]] Result<Enrolled> enroll(Tx& tx, IdSource& id_source, Enrolment const& wanted,
                                      std::optional<Device> const& before,
                                      LeavesUser const& leaves_user, Instant now);

// Changes what is given. Errc::not_found, and as enroll().
[[nodiscard]] Result<Enrolled> change(Tx& tx, Did const& did, DeviceChange const& wanted,
                                      LeavesUser const& leaves_user, Instant now);

// A new device token; the old one is dead at once. Errc::not_found.
[[nodiscard]] Result<Secret> renew_token(Tx& tx, IdSource& id_source, Did const& did);

// With its attributes; devices that hang on it stay and keep its name. Errc::not_found.
[[nodiscard]] Result<void> remove(Tx& tx, Did const& did, LeavesUser const& leaves_user);

}  // namespace updraft::fleet
