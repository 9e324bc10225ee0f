// How punctually a device shows up: measured by the polling interval of its model. Pure.
//
// Lives here: the three words and the rule.
//
// Not here:   the interval of a model (upgrade/gateway_turns.h), times that are not in the store
// yet
//             (upgrade/presence.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fleet/gateway.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/instant.h"

namespace updraft::fleet {

enum class Contact : std::uint8_t {
    on_time,  // Seen within 1.5 polling intervals.
    late,     // Within silent_after_intervals of them.
    silent,   // Longer ago, or never.
};

// The names in the admin API, in the order of Contact.
inline constexpr EnumWords<3> contact_words{"on_time", "late", "silent"};

// `last_seen`: nothing when the device was never seen. A time after `now` counts as now.
[[nodiscard]] constexpr Contact contact_of(std::optional<Instant> last_seen, Millis polling,
                                           Instant now) {
    if (!last_seen) return Contact::silent;
    auto const age = now - *last_seen;
    if (2 * age <= 3 * polling) return Contact::on_time;
    return age <= silent_after_intervals * polling ? Contact::late : Contact::silent;
}

}  // namespace updraft::fleet
