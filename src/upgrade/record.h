// Writing down what happened to an upgrade, with everything that follows from it, in one commit.
//
// Lives here: times, due time, timeline, the device's version on success, and what apps are told.
// Not here:   what happens (lifecycle.h, progress.h), and the verbs that decide on it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "firmware/release.h"
#include "upgrade/cause.h"
#include "upgrade/lifecycle.h"
#include "upgrade/order.h"
#include "upgrade/progress.h"

namespace updraft::upgrade {

inline constexpr std::size_t note_bytes_max = 8 * 1024;  // Of one entry in a timeline.

// What a timeline remembers of it.
struct Note {
    std::string text;
    std::string report;  // A digest, when a device's report brought it.
};

// Puts `after` in the place of `before`: its state, progress, cause and counts are the caller's
// decision, its times are set here. Answers the upgrade as it stands then. Errc::busy when somebody
// else changed it meanwhile.
[[nodiscard]] Result<Upgrade> record(Tx& tx, Means const& means, Upgrade const& before,
                                     Upgrade after, Note const& note, Instant now);

// The upgrade after that event, not recorded yet.
[[nodiscard]] Upgrade stepped(Upgrade upgrade, Event event);

// Ends it by our own decision and records that.
[[nodiscard]] Result<Upgrade> end(Tx& tx, Means const& means, Upgrade const& upgrade, Event event,
                                  std::string cause, Instant now);

// What an upgrade's model says, and its release.
struct Plan {
    std::shared_ptr<firmware::Catalog const> catalog;  // Owns the release.
    firmware::Release const* release = nullptr;
};
// Errc::corrupt when the release is not there.
[[nodiscard]] Result<Plan> plan_of(Tx const& tx, Upgrade const& upgrade);

}  // namespace updraft::upgrade
