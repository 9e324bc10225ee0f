// Withdraws a firmware, so that it is not offered any more.
//
// Lives here: the use case.
//
// Not here:   the states of a release (firmware/publish.h), ending upgrades (upgrade/cancel.h).
#pragma once

#include "access/actor.h"
#include "firmware/release.h"
#include "ports/store.h"
#include "upgrade/cancel.h"
#include "usecases/means.h"

namespace updraft::usecases {

struct FirmwareToWithdraw {
    ReleaseId id;
    upgrade::Scope scope = upgrade::Scope::queued;
};
struct Withdrawn {
    firmware::Release release;  // After the change.
    std::int64_t ended = 0;     // Its queued upgrades.
};

// The release is not offered or announced any more: notices of it that wait are dropped, and apps
// that were told of it are told of the withdrawal, once (push/announce.h). Its queued upgrades end
// with cause `withdrawn`: at most 500 in this transaction, the others when expire_due() runs next.
// Upgrades that a device has fetched continue; upgrade::stop_release() stops those of `scope`. Its
// rollout stops, with `scope` instead of its plan's onStop. Errc::not_found, Errc::conflict for a
// draft.
[[nodiscard]] Result<Withdrawn> withdraw_firmware(Tx& tx, Means const& means,
                                                  access::Actor const& actor,
                                                  FirmwareToWithdraw const& wanted, Instant now);

}  // namespace updraft::usecases
