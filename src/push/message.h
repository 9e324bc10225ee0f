// What apps are told, byte for byte.
//
// Lives here: the bodies of the three push messages and of a verification, members in the order of
//             docs/pushes.md. Not here: who is told (push/outbox.h), the headers (push/posting.h).
#pragma once

#include <string>
#include <string_view>

#include "firmware/release.h"
#include "fleet/device.h"
#include "push/delivery.h"
#include "upgrade/upgrade.h"

namespace updraft::push {

// The word of msgType, "ota_upgrade_progress" and so on.
[[nodiscard]] std::string_view msg_type_word(MsgType type);

// P2. 99 at most: 100 is told by the result.
[[nodiscard]] std::string progress_body(upgrade::Upgrade const& upgrade);
// P3. `upgrade` is final.
[[nodiscard]] std::string result_body(upgrade::Upgrade const& upgrade);
// P4. `release` has an artifact.
[[nodiscard]] std::string new_firmware_body(fleet::Device const& device,
                                            firmware::Release const& release);
// P7.
[[nodiscard]] std::string verification_body(std::string_view echo);

}  // namespace updraft::push
