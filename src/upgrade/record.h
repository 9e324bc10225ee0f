// Records a change of an upgrade and all its consequences in one commit.
//
// Lives here: times, due time, timeline, the device's version on success, the next step, and
//             calling the listener.
//
// Not here:   state and progress (lifecycle.h, progress.h), why it changes (feedback.h, cancel.h,
//             expire.h).
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

inline constexpr std::size_t note_bytes_max = 8 * 1024;  // Text of one entry in a timeline.

// The text of a new entry in the timeline.
struct Note {
    std::string text;
    std::string report;  // The digest of the device's report; empty for other changes.
};

// Replaces `before` by `after`. The caller sets state, progress, cause and counts; this sets the
// times and, on success, 100 percent. Answers the stored upgrade. Errc::busy when another
// transaction changed it meanwhile.
[[nodiscard]] Result<Upgrade> record(Tx& tx, Means const& means, Upgrade const& before,
                                     Upgrade after, Note const& note, Instant now);

// The upgrade with its state after that event. Nothing is recorded.
[[nodiscard]] Upgrade stepped(Upgrade upgrade, Event event);

// Ends the upgrade with `event` and `cause`, and records that.
[[nodiscard]] Result<Upgrade> end(Tx& tx, Means const& means, Upgrade const& upgrade, Event event,
                                  std::string cause, Instant now);

// The catalog of an upgrade's model, and the upgrade's release in it.
struct Plan {
    std::shared_ptr<firmware::Catalog const> catalog;  // Owns the release.
    firmware::Release const* release = nullptr;
};
// Errc::corrupt when the catalog does not contain the release.
[[nodiscard]] Result<Plan> plan_of(Tx const& tx, Upgrade const& upgrade);

}  // namespace updraft::upgrade
