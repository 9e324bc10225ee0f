#include "rollout/window.h"

#include <algorithm>

#include "policy/hours.h"

namespace updraft::rollout {
namespace {

constexpr Millis one_day = std::chrono::hours{24};
// More ends of days, windows and spans of a zone than lie between two changes of a window that
// opens on one day a week.
constexpr int looks_max = 64;

// Local time, as if the local clock had started in 1970 at midnight, of a Thursday.
struct Local {
    std::int64_t day;
    Millis time;  // Since midnight.
};

Local local_at(ZoneSpan const& span, Instant at) {
    auto const local = at.ms + span.offset.count();
    auto const length = one_day.count();
    auto const day = local >= 0 ? local / length : -((length - 1 - local) / length);
    return {day, Millis{local - day * length}};
}

bool has_day(Window const& window, std::int64_t day) {
    auto const weekday = ((day + 3) % 7 + 7) % 7;  // 0 is Monday.
    return (window.days >> weekday & 1U) != 0;
}

bool is_open(Window const& window, Local const& local) {
    if (window.from < window.to) {
        return has_day(window, local.day) && local.time >= window.from && local.time < window.to;
    }
    return (has_day(window, local.day) && local.time >= window.from) ||
           (has_day(window, local.day - 1) && local.time < window.to);
}

// How long from `time` forward to `end`: more than nothing, at most a day.
Millis ahead(Millis time, Millis end) {
    auto const length = (end - time) % one_day;
    return length <= Millis{0} ? length + one_day : length;
}

// The next moment after `at` at which it may open or close.
Instant next_look(Window const& window, ZoneSpan const& span, Instant at) {
    auto const time = local_at(span, at).time;
    auto const step = std::min(ahead(time, window.from), ahead(time, window.to % one_day));
    return std::min(at + step, span.until);
}

// The last moment up to `at`, inclusive, at which it may have opened or closed.
Instant last_look(Window const& window, ZoneSpan const& span, Instant at) {
    auto const time = local_at(span, at).time;
    auto const since = [&](Millis end) { return (time - end % one_day + one_day) % one_day; };
    return std::max(at - std::min(since(window.from), since(window.to)), span.from);
}

}  // namespace

std::string_view zone_of(Window const& window, fleet::Attributes const* attributes,
                         std::string_view user_zone, TimeZones const& zones) {
    if (window.zone != zone_of_device) return window.zone;
    static std::string const name(zone_attribute);
    if (attributes == nullptr) return user_zone;
    auto const found = attributes->find(name);
    if (found == attributes->end() || !policy::is_time_zone(found->second, zones)) {
        return user_zone;
    }
    return found->second;
}

WindowState window_at(Window const& window, std::string_view zone, TimeZones const& zones,
                      Instant now) {
    auto const open_at = [&](Instant at) {
        return is_open(window, local_at(policy::span_at(zone, zones, at), at));
    };
    WindowState state{.open = open_at(now), .since = {}, .next = {}};
    auto at = now;
    for (int i = 0; i < looks_max && !state.next; ++i) {
        at = next_look(window, policy::span_at(zone, zones, at), at);
        if (open_at(at) != state.open) state.next = at;
    }
    at = now;
    for (int i = 0; i < looks_max && !state.since; ++i) {
        auto const changed = last_look(window, policy::span_at(zone, zones, at), at);
        at = changed - Millis{1};
        if (open_at(at) != state.open) state.since = changed;
    }
    return state;
}

bool opens_ever(Window const& window) { return window.days != 0 && window.from != window.to; }

}  // namespace updraft::rollout
