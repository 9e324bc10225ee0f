// Writes a release as JSON for operators.
//
// Lives here: its members.
//
// Not here:   the calls that answer a release (admin/firmware.h).
#pragma once

#include <span>
#include <string>

#include "firmware/release.h"
#include "json/writer.h"
#include "upgrade/cancel.h"

namespace updraft::admin {

// For lists, and for the answer to creating a draft.
void write_release(json::Writer& writer, firmware::Release const& release);
// For a single release: also with the description that was read from its file.
// After a withdrawal also with the upgrades that it stopped.
[[nodiscard]] std::string body_of(firmware::Release const& release,
                                  upgrade::Stopped const* stopped = nullptr);
// After a release: with its warnings, if there are any.
[[nodiscard]] std::string body_of(firmware::Release const& release,
                                  std::span<std::string const> warnings);

}  // namespace updraft::admin
