// Writes a release as JSON for operators.
//
// Lives here: its members.
//
// Not here:   the calls that answer a release (admin/firmware.h).
#pragma once

#include <string>

#include "firmware/release.h"
#include "json/writer.h"

namespace updraft::admin {

// For lists, and for the answer to creating a draft.
void write_release(json::Writer& writer, firmware::Release const& release);
// For a single release: also with the description that was read from its file.
[[nodiscard]] std::string body_of(firmware::Release const& release);

}  // namespace updraft::admin
