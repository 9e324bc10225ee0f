// The consequences of a changed device for its upgrade and for the apps of its user.
//
// Lives here: the steps that all changes of a device have in common, and recording the change.
//
// Not here:   the changes themselves (usecases/enroll_devices.h, usecases/change_device.h).
#pragma once

#include "access/actor.h"
#include "fleet/enroll.h"
#include "ports/store.h"
#include "usecases/means.h"

namespace updraft::usecases {

// If the device leaves its user or changes its model, ends its active upgrade and notifies the apps
// of its former user; an end lets the device be asked for its attributes. A policy that its user
// set for it ends as well; one that was set while it had no user goes to its new user. Call before
// the device's row is written: reports of devices lock the upgrade's row first and the device's row
// second, so the same order here prevents deadlocks. Answers whether an upgrade ended.
[[nodiscard]] Result<bool> end_upgrade_that_no_longer_fits(Tx& tx, Means const& means,
                                                           fleet::Became& became, Instant now);

// If the device may have another offer now: gives an upgrade that was ordered while it had no user
// to its user, and notifies that user's apps of the offer. Call after the device's row is written.
[[nodiscard]] Result<void> tell_new_offer(Tx& tx, Means const& means, fleet::Became const& became,
                                          Instant now);

// Records what an operator's call changed of the device. The device token is never shown.
[[nodiscard]] Result<void> record_device(Tx& tx, access::Actor const& actor,
                                         fleet::Became const& became, bool upgrade_ended,
                                         Instant now);

}  // namespace updraft::usecases
