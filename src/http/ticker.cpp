#include "http/ticker.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace updraft::http {

std::chrono::microseconds monotonic_now() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since);
}

std::string http_date(Instant at) {
    static constexpr std::array<char const*, 7> days = {"Sun", "Mon", "Tue", "Wed",
                                                        "Thu", "Fri", "Sat"};
    static constexpr std::array<char const*, 12> months = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    using namespace std::chrono;
    auto const seconds_since = sys_seconds{seconds{at.seconds()}};
    auto const day_point = floor<std::chrono::days>(seconds_since);
    year_month_day const day{day_point};
    hh_mm_ss const time{seconds_since - day_point};
    std::array<char, 64> text{};
    auto const size = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                    days.at(weekday{day_point}.c_encoding()), unsigned{day.day()},
                                    months.at(unsigned{day.month()} - 1), int{day.year()},
                                    static_cast<int>(time.hours().count()),
                                    static_cast<int>(time.minutes().count()),
                                    static_cast<int>(time.seconds().count()));
    return std::string(text.data(), static_cast<std::size_t>(size));
}

Ticker::Ticker(std::chrono::milliseconds shortest_deadline)
    : pause_(std::clamp(shortest_deadline / 4, std::chrono::milliseconds{10},
                        std::chrono::milliseconds{500})) {}

void Ticker::tick(Instant wall) {
    now_ = std::chrono::duration_cast<std::chrono::milliseconds>(monotonic_now()).count();
    if (wall.seconds() == date_second_) return;
    date_second_ = wall.seconds();
    date_ = http_date(wall);
}

}  // namespace updraft::http
