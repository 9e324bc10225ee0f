#include "cli/rollout_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "json/writer.h"
#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft::cli {
namespace {

constexpr std::array<std::string_view, 7> days{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        auto const end = text.find(separator);
        parts.push_back(trimmed(text.substr(0, end), " "));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

bool is_number(std::string_view text) {
    auto const digit_or_point = [](char c) { return text::is_digit(c) || c == '.'; };
    return !text.empty() && text::is_digit(text.front()) && text::is_digit(text.back()) &&
           std::ranges::all_of(text, digit_or_point) && std::ranges::count(text, '.') <= 1;
}

// "10", "2.5%".
bool write_size(json::Writer& writer, std::string_view text) {
    auto const percent = text.ends_with('%');
    if (percent) text.remove_suffix(1);
    if (!is_number(text) || (!percent && text.find('.') != std::string_view::npos)) return false;
    if (text.size() > 1 && text[0] == '0' && text[1] != '.') return false;
    writer.key(percent ? "percent" : "devices").raw(text);
    return true;
}

bool write_wave(json::Writer& writer, std::string_view text) {
    auto const parts = split(text, ':');
    writer.object();
    auto good = write_size(writer, parts.front());
    auto soaks = false;
    auto waits = false;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (parts[i] == "approval") {
            good = good && !std::exchange(waits, true);
            writer.member("approval", true);
        } else {
            good = good && !parts[i].empty() && !std::exchange(soaks, true);
            writer.member("soak", parts[i]);
        }
    }
    writer.end();
    return good;
}

bool is_time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return false;
    auto const digits = {text[0], text[1], text[3], text[4]};
    return std::ranges::all_of(digits, [](char c) { return text::is_digit(c); }) &&
           text.substr(0, 2) < "24" && text[3] < '6';
}

// The days of "fri" or "sat-mon"; nothing when the text is none.
std::optional<std::vector<std::string_view>> days_in(std::string_view text) {
    auto const ends = split(text, '-');
    if (ends.size() > 2) return {};
    auto const* const first = std::ranges::find(days, ends.front());
    auto const* const last = std::ranges::find(days, ends.back());
    if (first == days.end() || last == days.end()) return {};
    std::vector<std::string_view> all;
    auto at = static_cast<std::size_t>(first - days.begin());
    auto const end = static_cast<std::size_t>(last - days.begin());
    for (; at != end; at = (at + 1) % days.size()) all.push_back(days[at]);
    all.push_back(days[end]);
    return all;
}

}  // namespace

Result<std::string> waves_as_json(std::string_view text) {
    std::string json;
    json::Writer writer(json);
    writer.array();
    for (auto const part : split(text, ',')) {
        if (!write_wave(writer, part)) {
            return fail(Errc::invalid, "\"" + std::string(part) +
                                           "\" is no wave such as 10, 1%, 10:24h or "
                                           "1%:12h:approval");
        }
    }
    writer.end();
    return json;
}

Result<std::string> window_as_json(std::string_view text) {
    auto const wrong = fail(Errc::invalid,
                            "must be any, or a window such as 22:00-06:00 or "
                            "mon-fri,09:00-17:00,Europe/Berlin");
    std::string json;
    json::Writer writer(json);
    if (text == "any") {
        writer.value(text);
        return json;
    }
    auto parts = split(text, ',');
    std::vector<std::string_view> on(days.begin(), days.end());
    if (auto const given = days_in(parts.front())) {
        on = *given;
        parts.erase(parts.begin());
    }
    if (parts.empty() || parts.size() > 2) return wrong;
    auto const times = split(parts.front(), '-');
    if (times.size() != 2 || !is_time_of_day(times.front())) return wrong;
    if (times.back() != "24:00" && !is_time_of_day(times.back())) return wrong;
    auto const zone = parts.size() == 2 ? parts.back() : std::string_view("device");
    if (zone.empty()) return wrong;
    writer.object().key("days").array();
    for (auto const day : on) writer.value(day);
    writer.end().member("from", times.front()).member("to", times.back()).member("zone", zone);
    writer.end();
    return json;
}

}  // namespace updraft::cli
