// What a device says about itself: attributes, and among them the firmware it runs.
//
// Lives here: how they change what is known of it, within limits.
// Not here:   how a channel says it (ddi/wording.h), what a version proves (report_version.h).
#pragma once

#include <string>

#include "upgrade/report_version.h"

namespace updraft::upgrade {

struct SelfDescription {
    enum class Mode : std::uint8_t { merge, replace, remove };
    Mode mode = Mode::merge;
    fleet::Attributes attributes;  // Only the keys count with `remove`.
};

// Errc::invalid, and nothing changed, over a limit. `version_attribute` names the one that says
// which firmware runs; an empty value of it says nothing.
[[nodiscard]] Result<void> describe(Tx& tx, Means const& means, Did const& did,
                                    SelfDescription const& said,
                                    std::string const& version_attribute, Instant now);

}  // namespace updraft::upgrade
