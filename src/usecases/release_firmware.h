// Releases a firmware: to everyone, or to its audience by a rollout.
//
// Lives here: the use case, and which rollout a release gets.
//
// Not here:   the states of a release (firmware/publish.h), notifying apps (push/announce.h),
//             rollouts (staging/operate.h).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "access/actor.h"
#include "firmware/publish.h"
#include "ports/store.h"
#include "staging/operate.h"
#include "usecases/means.h"

namespace updraft::usecases {

struct FirmwareToRelease {
    ReleaseId id;
    firmware::Mismatch mismatch = firmware::Mismatch::refuse;
    std::chrono::minutes utc_offset{};  // Time zone of the release date.
    // Absent: the model's release plan, if it has one.
    std::optional<staging::ToCreate> rollout = {};
    bool without_rollout = false;  // To everyone, whatever the model's release plan is.
    std::string note = {};         // Why.
};

struct Released {
    firmware::Release release;  // After the change.
    std::optional<rollout::Rollout> rollout;
    std::vector<std::string> warnings;  // Sentences for the operator.
};

// Makes it the newest release of its model. Without a rollout, apps are notified; with one, the
// rollout is created and started, or submitted, in the same commit. Errors as firmware::release()
// and staging::create(). Errc::forbidden for a release without rollout that needs the role admin;
// Errc::invalid for `without_rollout` without a note; Errc::conflict for a rollout of a firmware
// that is released already and has no open one.
[[nodiscard]] Result<Released> release_firmware(Tx& tx, Means const& means,
                                                access::Actor const& actor,
                                                FirmwareToRelease const& wanted, Instant now);

}  // namespace updraft::usecases
