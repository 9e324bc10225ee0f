#include "text/http_date.h"

#include <algorithm>
#include <array>

#include "text/whole_number.h"

namespace updraft::text {
namespace {

constexpr auto weekdays =
    std::to_array<std::string_view>({"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"});
constexpr auto months = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});

void append_digits(std::string& out, std::int64_t number, std::int64_t highest) {
    for (; highest > 0; highest /= 10) out += static_cast<char>('0' + number / highest % 10);
}

std::optional<std::chrono::sys_days> read_date(std::string_view text) {
    auto const day = digits_at(text, 5, 2);
    auto const month = std::ranges::find(months, text.substr(8, 3));
    auto const year = digits_at(text, 12, 4);
    if (!day || !year || month == months.end()) return std::nullopt;
    std::chrono::year_month_day const date{
        std::chrono::year{*year},
        std::chrono::month{static_cast<unsigned>(month - months.begin()) + 1},
        std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date};
}

}  // namespace

std::string http_date(std::chrono::sys_seconds at) {
    auto const midnight = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day const day{midnight};
    auto const seconds = (at - midnight).count();
    std::string out;
    out.reserve(29);
    out += weekdays[std::chrono::weekday{midnight}.c_encoding()];
    out += ", ";
    append_digits(out, unsigned{day.day()}, 10);
    out += ' ';
    out += months[unsigned{day.month()} - 1];
    out += ' ';
    append_digits(out, int{day.year()}, 1000);
    out += ' ';
    append_digits(out, seconds / 3600, 10);
    out += ':';
    append_digits(out, seconds / 60 % 60, 10);
    out += ':';
    append_digits(out, seconds % 60, 10);
    out += " GMT";
    return out;
}

std::optional<std::chrono::sys_seconds> read_http_date(std::string_view text) {
    if (text.size() != 29 || !text.ends_with(" GMT") || text.substr(3, 2) != ", ") {
        return std::nullopt;
    }
    auto const date = read_date(text);
    auto const hour = digits_at(text, 17, 2);
    auto const minute = digits_at(text, 20, 2);
    auto const second = digits_at(text, 23, 2);
    if (!date || !hour || !minute || !second) return std::nullopt;
    if (text[19] != ':' || text[22] != ':') return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return *date + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{*second};
}

}  // namespace updraft::text
