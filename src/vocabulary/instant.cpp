#include "vocabulary/instant.h"

#include <array>
#include <cstdio>

#include "text/time_zone.h"
#include "text/whole_number.h"

namespace updraft {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

struct Fields {
    Day day;
    std::chrono::hh_mm_ss<Millis> time;
};

Fields split(Instant at) {
    auto const since = Millis{at.ms};
    auto const day = std::chrono::floor<days>(since);
    return {Day{sys_days{day}}, std::chrono::hh_mm_ss<Millis>{since - day}};
}

constexpr std::chrono::minutes largest_offset{23 * 60 + 59};

std::optional<std::chrono::minutes> read_zone(std::string_view text) {
    if (text == "Z" || text == "z") return std::chrono::minutes{0};
    return text::read_utc_offset(text, largest_offset);
}

}  // namespace

std::string written(Day day) {
    std::array<char, 32> text{};
    auto const length = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", int{day.year()},
                                      unsigned{day.month()}, unsigned{day.day()});
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string rfc3339(Instant at) {
    auto const [day, time] = split(at);
    std::array<char, 40> text{};
    auto const length = std::snprintf(
        text.data(), text.size(), "T%02d:%02d:%02d.%03dZ", static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
        static_cast<int>(time.subseconds().count()));
    return written(day) + std::string(text.data(), static_cast<std::size_t>(length));
}

std::optional<Instant> read_rfc3339(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
    auto const day = read_day(text.substr(0, 10));
    auto const hour = text::digits_at(text, 11, 2);
    auto const minute = text::digits_at(text, 14, 2);
    auto const second = text::digits_at(text, 17, 2);
    if (!day || !hour || !minute || !second) return std::nullopt;
    if (text[13] != ':' || text[16] != ':') return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;

    std::size_t at = 19;
    std::int64_t ms = 0;
    if (text[at] == '.') {
        std::size_t const first = ++at;
        std::int64_t scale = 100;
        for (; at < text.size() && text::is_digit(text[at]); ++at, scale /= 10) {
            ms += (text[at] - '0') * scale;
        }
        if (at == first || at - first > 9) return std::nullopt;
    }
    auto const offset = read_zone(text.substr(at));
    if (!offset) return std::nullopt;

    auto const whole = start_of(*day, *offset);
    auto const in_day =
        std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
    return whole + std::chrono::duration_cast<Millis>(in_day) + Millis{ms};
}

std::string local_date(Instant at, std::chrono::minutes utc_offset) {
    return written(split(at + std::chrono::duration_cast<Millis>(utc_offset)).day);
}

std::optional<Day> read_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    auto const year = text::digits_at(text, 0, 4);
    auto const month = text::digits_at(text, 5, 2);
    auto const day = text::digits_at(text, 8, 2);
    if (!year || !month || !day) return std::nullopt;
    Day const read{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                   std::chrono::day{static_cast<unsigned>(*day)}};
    if (!read.ok()) return std::nullopt;
    return read;
}

Instant start_of(Day day, std::chrono::minutes utc_offset) {
    auto const midnight = sys_days{day}.time_since_epoch();
    return {std::chrono::duration_cast<Millis>(midnight - utc_offset).count()};
}

}  // namespace updraft
