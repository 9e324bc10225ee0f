// A hold: while it exists, what it covers is neither offered, ordered nor handed out.
//
// Lives here: the type, and what it covers.
//
// Not here:   placing and lifting one (usecases/hold.h), rows (ports/holds_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft {

using HoldId = Number<struct HoldIdTag>;

}  // namespace updraft

namespace updraft::firmware {

// The members that are given must both fit; without any, the hold covers everything.
struct Hold {
    HoldId id;
    std::optional<ModelName> model;
    std::optional<ReleaseId> release;
    std::string note;
    std::string by;  // The operator who placed it.
    Instant created_at;

    // For a hold in the catalog of a model: true when it covers that release of the model.
    [[nodiscard]] bool covers(ReleaseId one) const { return !release || *release == one; }
};

inline constexpr std::size_t hold_note_bytes_max = 1024;
inline constexpr std::int64_t holds_max = 1'000;  // Of all models together.

}  // namespace updraft::firmware
