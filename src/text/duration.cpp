#include "text/duration.h"

#include <array>
#include <cstdint>

#include "text/whole_number.h"

namespace updraft::text {
namespace {

struct DurationUnit {
    std::string_view name;
    std::int64_t ms;
};
constexpr std::int64_t day_ms = 24 * 60 * 60 * 1000;
constexpr auto duration_units = std::to_array<DurationUnit>(
    {{"d", day_ms}, {"h", 60 * 60 * 1000}, {"m", 60 * 1000}, {"s", 1000}, {"ms", 1}});
constexpr std::int64_t longest_ms = 36'525 * day_ms;

}  // namespace

std::optional<std::chrono::milliseconds> read_duration(std::string_view text) {
    auto const digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return std::nullopt;
    auto const number = read_digits(text.substr(0, digits));
    if (!number) return std::nullopt;
    for (auto const& unit : duration_units) {
        if (unit.name != text.substr(digits)) continue;
        if (*number > longest_ms / unit.ms) return std::nullopt;
        return std::chrono::milliseconds{*number * unit.ms};
    }
    return std::nullopt;
}

std::string written_duration(std::chrono::milliseconds length) {
    auto const ms = length.count();
    for (auto const& unit : duration_units) {
        bool const is_few_days = unit.ms == day_ms && ms < 7 * day_ms;
        if (ms == 0 || ms % unit.ms != 0 || is_few_days) continue;
        return std::to_string(ms / unit.ms) + std::string(unit.name);
    }
    return "0s";
}

}  // namespace updraft::text
