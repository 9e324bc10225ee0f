// Whether a notice of new firmware that waits is still true when it is about to be sent (P14).
//
// Lives here: the rule, and asking it for a waiting or a kept message.
//
// Not here:   writing notices (push/outbox.h), removing those that are not true any more
//             (push/record.h).
#pragma once

#include <optional>

#include "firmware/candidate.h"
#include "ports/outbox_table.h"
#include "ports/store.h"
#include "push/delivery.h"

namespace updraft::push {

// True when the device is offered `announced`, or has installed it and is offered nothing else.
// False when that release was withdrawn (also when the device runs it), when it is held or not
// offered to the device, or when a later one is.
[[nodiscard]] bool still_holds(firmware::Catalog const& catalog, firmware::Candidate const& device,
                               Version const& announced);

// The version of a waiting notice of new firmware that does not hold any more; nothing for one that
// does, for other messages, and for a device that does not exist.
[[nodiscard]] Result<std::optional<Version>> overtaken(Tx const& tx, DueMessage const& message);
// The same for a message that was delivered or is a dead letter.
[[nodiscard]] Result<std::optional<Version>> overtaken(Tx const& tx, Delivery const& delivery);

}  // namespace updraft::push
