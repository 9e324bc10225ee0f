#include "ddi/conditions.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "ddi/wording.h"
#include "vocabulary/ascii.h"

namespace updraft::ddi {
namespace {

enum class Comparison : std::uint8_t { strong, weak };

// Our tags hold no commas, so a list can be split at them.
bool names(std::string_view list, std::string_view etag, Comparison comparison) {
    while (true) {
        auto const comma = list.find(',');
        auto tag = trimmed(list.substr(0, comma));
        if (tag == "*") return true;
        if (comparison == Comparison::weak && tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

void put(std::string& out, std::int64_t number, int digits) {
    auto text = std::to_string(number);
    out.append(static_cast<std::size_t>(std::max(0, digits - static_cast<int>(text.size()))), '0');
    out += text;
}

}  // namespace

std::string http_date(Instant at) {
    using std::chrono::days;
    static constexpr auto weekdays =
        std::to_array<std::string_view>({"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"});
    static constexpr auto months = std::to_array<std::string_view>(
        {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
    std::chrono::sys_seconds const moment{std::chrono::seconds{at.seconds()}};
    auto const midnight = std::chrono::floor<days>(moment);
    std::chrono::year_month_day const day{midnight};
    auto const seconds = (moment - midnight).count();
    std::string out(weekdays[std::chrono::weekday{midnight}.c_encoding()]);
    out += ", ";
    put(out, static_cast<unsigned>(day.day()), 2);
    out += ' ';
    out += months[static_cast<unsigned>(day.month()) - 1];
    out += ' ';
    put(out, static_cast<int>(day.year()), 4);
    out += ' ';
    put(out, seconds / 3600, 2);
    out += ':';
    put(out, seconds / 60 % 60, 2);
    out += ':';
    put(out, seconds % 60, 2);
    return out + " GMT";
}

Validators validators_of(firmware::Artifact const& artifact, std::optional<Instant> changed_at) {
    return {'"' + artifact.digests.sha256 + '"', changed_at ? http_date(*changed_at) : ""};
}

std::optional<int> unmet_condition(http::Request const& request, Validators const& validators) {
    if (auto const match = request.field("If-Match")) {
        if (!names(*match, validators.etag, Comparison::strong)) return 412;
    }
    if (auto const none = request.field("If-None-Match")) {
        if (names(*none, validators.etag, Comparison::weak)) return 304;
    }
    return std::nullopt;
}

std::optional<std::string_view> wanted_range(http::Request const& request,
                                             Validators const& validators) {
    auto const range = request.field("Range");
    if (!range) return std::nullopt;
    auto const condition = request.field("If-Range");
    if (!condition) return range;
    auto const copy = trimmed(*condition);
    auto const same = copy == validators.etag ||
                      (!validators.last_modified.empty() && copy == validators.last_modified);
    return same ? range : std::nullopt;
}

std::string disposition(std::string_view file_name) {
    auto const plain = std::ranges::all_of(
        file_name, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    if (plain) return "attachment; filename=\"" + std::string(file_name) + '"';
    return "attachment; filename*=UTF-8''" + encoded_segment(file_name);
}

}  // namespace updraft::ddi
