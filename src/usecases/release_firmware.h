// Releases a firmware, so that it is offered to devices.
//
// Lives here: the use case.
//
// Not here:   the states of a release (firmware/publish.h), notifying apps (push/announce.h).
#pragma once

#include <chrono>

#include "access/actor.h"
#include "firmware/publish.h"
#include "ports/store.h"

namespace updraft::usecases {

struct FirmwareToRelease {
    ReleaseId id;
    firmware::Mismatch mismatch = firmware::Mismatch::refuse;
    std::chrono::minutes utc_offset{};  // Time zone of the release date.
};

// Makes it the newest release of its model; apps are notified. Answers the release after the
// change. Errors as firmware::release().
[[nodiscard]] Result<firmware::Release> release_firmware(Tx& tx, access::Actor const& actor,
                                                         FirmwareToRelease const& wanted,
                                                         Instant now);

}  // namespace updraft::usecases
