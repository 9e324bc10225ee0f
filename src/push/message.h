// Writes the bodies of push messages.
//
// Lives here: the four messages and the verification, members in the order of docs/pushes.md.
//
// Not here:   which apps get a message (push/outbox.h), the headers (push/posting.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/release.h"
#include "fleet/device.h"
#include "push/delivery.h"
#include "upgrade/upgrade.h"

namespace updraft::push {

// P2. The progress is at most 99; the result message means 100.
[[nodiscard]] std::string progress_body(upgrade::Upgrade const& upgrade);
// P3. `upgrade` is final.
[[nodiscard]] std::string result_body(upgrade::Upgrade const& upgrade);
// P4. `release` has an artifact.
[[nodiscard]] std::string new_firmware_body(fleet::Device const& device,
                                            firmware::Release const& release);
// P13: `version` of the device's model is not offered any more.
[[nodiscard]] std::string withdrawn_body(Did const& did, Version const& version);
// The version that a body of new_firmware_body() announces; nothing when it is none.
[[nodiscard]] std::optional<Version> version_in_notice(std::string_view body);
// P7.
[[nodiscard]] std::string verification_body(std::string_view echo);

}  // namespace updraft::push
