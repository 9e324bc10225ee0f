// The audience of a rollout as JSON.
//
// Lives here: reading it with its limits, changing it, writing it.
//
// Not here:   who belongs to it (rollout/audience.h).
#pragma once

#include <cstdint>

#include "json/reader.h"
#include "json/writer.h"
#include "rollout/rollout.h"
#include "vocabulary/result.h"

namespace updraft::rollout {

// The member "audience" of a creation; nullptr: everybody. Errc::invalid, naming the member
// ("audience.include"), for an unknown or malformed one, and for too many dids in sum.
[[nodiscard]] Result<Audience> read_audience(json::Value const* given);

// `before` with the changes of a PATCH, merged one level deep; `null` removes a member.
[[nodiscard]] Result<Audience> patched_audience(Audience const& before, json::Value const& patch);

enum class Dids : std::uint8_t {
    written,
    counted,  // {"count":n} in place of a list of dids: for lists and the audit.
};
// Writes an object with the members that were given, and "dynamic".
void write_audience(json::Writer& out, Audience const& audience, Dids dids);

// The audience as the store keeps it, and reading that. Errc::corrupt for anything else.
[[nodiscard]] std::string stored_audience(Audience const& audience);
[[nodiscard]] Result<Audience> read_stored_audience(std::string_view text);

}  // namespace updraft::rollout
