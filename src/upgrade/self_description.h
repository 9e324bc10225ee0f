// The attributes that a device reports about itself, including the version that it runs.
//
// Lives here: changing the stored attributes, and their limits.
//
// Not here:   how a channel receives them (ddi/wording.h), the effect of a version
//             (report_version.h).
#pragma once

#include <string>

#include "upgrade/report_version.h"

namespace updraft::upgrade {

struct SelfDescription {
    enum class Mode : std::uint8_t { merge, replace, remove };
    Mode mode = Mode::merge;
    fleet::Attributes attributes;  // With Mode::remove only the keys are used.
};

// Changes the device's attributes. `version_attribute` is the key of the running version, which is
// passed to report_version(); an empty value is ignored. Errc::invalid above a limit; nothing is
// changed then.
[[nodiscard]] Result<void> describe(Tx& tx, Means const& means, Did const& did,
                                    SelfDescription const& said,
                                    std::string const& version_attribute, Instant now);

// What describe() would do: false when it would change nothing, otherwise true or its error. A
// refusal, or the same once more, must not cost a write transaction.
[[nodiscard]] Result<bool> would_describe(Tx const& tx, Did const& did, SelfDescription const& said,
                                          std::string const& version_attribute);

}  // namespace updraft::upgrade
