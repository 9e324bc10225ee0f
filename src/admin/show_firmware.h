// How a release looks to an operator.
//
// Lives here: its members.
// Not here:   the calls that answer with it (admin/firmware.h).
#pragma once

#include <string>

#include "firmware/release.h"
#include "json/writer.h"

namespace updraft::admin {

// In a list and when it was just described.
void write_release(json::Writer& writer, firmware::Release const& release);
// Alone: also what its file says of itself.
[[nodiscard]] std::string body_of(firmware::Release const& release);

}  // namespace updraft::admin
