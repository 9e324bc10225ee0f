// Writes rollouts, the devices in them and their timelines as JSON (docs/admin-api.md#rollouts).
//
// Lives here: the members.
//
// Not here:   reading bodies (admin/read_rollout.h), previews (admin/preview_rollout.cpp).
#pragma once

#include <string>

#include "json/writer.h"
#include "ports/rollouts_table.h"
#include "rollout/read_audience.h"
#include "staging/picture.h"

namespace updraft::admin {

void write_rollout(json::Writer& writer, staging::Picture const& picture, rollout::Dids dids);
[[nodiscard]] std::string body_of(staging::Picture const& picture);

void write_place(json::Writer& writer, PlaceRow const& row);
void write_note(json::Writer& writer, RolloutNote const& note);

}  // namespace updraft::admin
