#include "vocabulary/instant.h"

#include <array>
#include <cstdio>

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

// `width` decimal digits from `at`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t width) {
    if (at + width > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + width; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

// Minutes east of Greenwich from "Z", "+08:00" or "-03:30"; nothing when malformed.
std::optional<int> offset_minutes(std::string_view text) {
    if (text == "Z" || text == "z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return std::nullopt;
    auto const hours = digits(text, 1, 2);
    auto const minutes = digits(text, 4, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    auto const total = *hours * 60 + *minutes;
    return text[0] == '-' ? -total : total;
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
    auto const hour = digits(text, 11, 2);
    auto const minute = digits(text, 14, 2);
    auto const second = digits(text, 17, 2);
    if (!day || !hour || !minute || !second) return std::nullopt;
    if (text[13] != ':' || text[16] != ':') return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;

    std::size_t at = 19;
    std::int64_t ms = 0;
    if (text[at] == '.') {
        std::size_t const first = ++at;
        std::int64_t scale = 100;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
            ms += (text[at] - '0') * scale;
        }
        if (at == first || at - first > 9) return std::nullopt;
    }
    auto const offset = offset_minutes(text.substr(at));
    if (!offset) return std::nullopt;

    auto const whole = start_of(*day, std::chrono::minutes{*offset});
    auto const in_day =
        std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
    return whole + std::chrono::duration_cast<Millis>(in_day) + Millis{ms};
}

std::string local_date(Instant at, std::chrono::minutes utc_offset) {
    return written(split(at + std::chrono::duration_cast<Millis>(utc_offset)).day);
}

std::optional<Day> read_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    auto const year = digits(text, 0, 4);
    auto const month = digits(text, 5, 2);
    auto const day = digits(text, 8, 2);
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
