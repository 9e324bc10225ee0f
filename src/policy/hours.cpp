#include "policy/hours.h"

#include <limits>

#include "text/time_zone.h"
#include "text/whole_number.h"

namespace updraft::policy {
namespace {

constexpr Millis day = std::chrono::hours{24};
// More changes of a zone than lie between two ends of daily hours.
constexpr int spans_max = 8;

std::optional<Millis> read_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    auto const hour = text::digits_at(text, 0, 2);
    auto const minute = text::digits_at(text, 3, 2);
    if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
    return Millis{std::chrono::hours{*hour} + std::chrono::minutes{*minute}};
}

// `length` in 0 to one day, exclusive.
Millis within_a_day(Millis length) { return (length % day + day) % day; }

std::optional<std::chrono::minutes> read_offset(std::string_view zone) {
    return text::read_utc_offset(zone, std::chrono::hours{14});
}

Millis local_time(ZoneSpan const& span, Instant at) {
    return within_a_day(Millis{at.ms} + span.offset);
}

bool is_open(Hours const& hours, Millis local) {
    return within_a_day(local - hours.from) < within_a_day(hours.to - hours.from);
}

}  // namespace

ZoneSpan span_at(std::string_view zone, TimeZones const& zones, Instant at) {
    constexpr auto end = std::numeric_limits<std::int64_t>::max() / 4;
    ZoneSpan const always{Instant{-end}, Instant{end}, Millis{0}};
    if (auto const offset = read_offset(zone)) return {always.from, always.until, *offset};
    return zones.span(zone, at).value_or(always);
}

std::optional<Hours> read_hours(std::string_view text) {
    if (text.size() != 11 || text[5] != '-') return std::nullopt;
    auto const from = read_time(text.substr(0, 5));
    auto const to = read_time(text.substr(6));
    if (!from || !to || within_a_day(*to - *from) < hours_min) return std::nullopt;
    return Hours{*from, *to};
}

bool is_time_zone(std::string_view text, TimeZones const& zones) {
    return read_offset(text) || zones.span(text, Instant{0});
}

// Within one span, ends are found by arithmetic. At a change of the zone the local time jumps, so
// that the hours may open or close with the jump.
Opening opening(Hours const& hours, std::string_view zone, TimeZones const& zones, Instant now) {
    auto const here = span_at(zone, zones, now);
    Opening found{.open = is_open(hours, local_time(here, now)), .since = now, .next = now};
    auto const next_end = found.open ? hours.to : hours.from;
    auto span = here;
    auto at = now;
    for (int i = 0; i < spans_max; ++i) {
        found.next = at + within_a_day(next_end - local_time(span, at));
        if (found.next < span.until) break;
        found.next = at = span.until;
        span = span_at(zone, zones, at);
        if (is_open(hours, local_time(span, at)) != found.open) break;
    }
    auto const last_end = found.open ? hours.from : hours.to;
    span = here;
    at = now;
    for (int i = 0; i < spans_max; ++i) {
        found.since = at - within_a_day(local_time(span, at) - last_end);
        if (found.since > span.from) break;
        found.since = span.from;
        at = span.from - Millis{1};
        span = span_at(zone, zones, at);
        if (is_open(hours, local_time(span, at)) != found.open) break;
    }
    return found;
}

}  // namespace updraft::policy
