// Creates devices, or replaces all values of existing ones.
//
// Lives here: the use case, for one device or a batch.
//
// Not here:   the enrolled device as a value (fleet/enroll.h), lines of an import
//             (usecases/import_devices.h).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "access/actor.h"
#include "fleet/enroll.h"
#include "ports/store.h"
#include "usecases/means.h"
#include "vocabulary/secret.h"

namespace updraft::usecases {

struct Enrolled {
    fleet::Became became;
    std::optional<Secret> token;  // The device token; absent when the device existed before.
    bool upgrade_ended = false;   // Because the device left its user or changed its model.

    [[nodiscard]] bool created() const { return token.has_value(); }
};

// Enrols `all` in this transaction. If a device leaves its user or changes its model, its active
// upgrade ends; apps are notified of a new offer. The dids in `all` must be different. Answers one
// result for each device, in order: Errc::invalid for one does not affect the others. Other errors
// are errors of the call. Nothing is recorded: callers record one device with record_device()
// (usecases/device_consequences.h), and an import as one act.
[[nodiscard]] Result<std::vector<Result<Enrolled>>> enroll_devices(
    Tx& tx, Means const& means, access::Actor const& actor, std::span<fleet::Enrolment const> all,
    Instant now);

}  // namespace updraft::usecases
