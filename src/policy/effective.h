// The policy that counts for one device. Pure.
//
// Lives here: inheritance from the device to its user and to the system.
//
// Not here:   setting policies (policy/wish.h), what they hold back (upgrade/admission.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policy/policy.h"

namespace updraft::policy {

enum class Source : std::uint8_t { device, user, system };

// The names of sources in all APIs, in the order of Source.
[[nodiscard]] std::string_view word(Source source);

struct Effective {
    std::string auto_upgrade;        // As in Policy; empty: nobody decided.
    std::string upgrade_hours;       // As in Policy; empty: at any time.
    std::string time_zone;           // Never empty.
    Source source = Source::system;  // Where auto_upgrade comes from.
    Instant changed_at;              // The last change of any of it; 0: never.
};

// The policy of that device, or of the user alone when `did` is empty. `default_zone` is that of
// the system.
[[nodiscard]] Effective effective(OfUser const& all, Did const& did, std::string_view default_zone);

}  // namespace updraft::policy
