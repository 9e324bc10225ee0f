#include "http/ranges.h"

#include <algorithm>
#include <optional>

#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft::http {
namespace {

constexpr std::string_view unit = "bytes=";

// A number that does not fit into 64 bits is read as the largest one.
std::optional<std::uint64_t> read_number(std::string_view digits) {
    if (!text::is_digits(digits)) return std::nullopt;
    return text::read_digits<std::uint64_t>(digits).value_or(UINT64_MAX);
}

struct Spec {
    bool well_formed = false;
    std::optional<Stretch> stretch;  // Absent: it begins after the end of the file.
};

Spec read_spec(std::string_view text, std::uint64_t size) {
    auto const dash = text.find('-');
    if (dash == std::string_view::npos) return {};
    auto const before = text.substr(0, dash);
    auto const behind = text.substr(dash + 1);
    if (before.empty()) {
        auto const suffix = read_number(behind);
        if (!suffix) return {};
        if (*suffix == 0 || size == 0) return {true, std::nullopt};
        return {true, Stretch{size - std::min(*suffix, size), size - 1}};
    }
    auto const first = read_number(before);
    if (!first) return {};
    auto last = UINT64_MAX;
    if (!behind.empty()) {
        auto const given = read_number(behind);
        if (!given || *given < *first) return {};
        last = *given;
    }
    if (*first >= size) return {true, std::nullopt};
    return {true, Stretch{*first, std::min(last, size - 1)}};
}

bool any_overlap(std::vector<Stretch> sorted) {
    std::ranges::sort(sorted, {}, &Stretch::first);
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        if (sorted[i].first <= sorted[i - 1].last) return true;
    }
    return false;
}

// The same bytes in the order of the file, each byte once, so that an answer is never longer than
// the file.
std::vector<Stretch> joined(std::vector<Stretch> stretches) {
    std::ranges::sort(stretches, {}, &Stretch::first);
    std::vector<Stretch> out;
    for (auto const& next : stretches) {
        if (!out.empty() && next.first <= out.back().last + 1) {
            out.back().last = std::max(out.back().last, next.last);
        } else {
            out.push_back(next);
        }
    }
    return out;
}

}  // namespace

Wanted read_ranges(std::string_view header, std::uint64_t size) {
    header = trimmed(header);
    if (!same_name(header.substr(0, unit.size()), unit)) return {};
    auto rest = header.substr(unit.size());
    std::vector<Stretch> stretches;
    std::size_t ranges = 0;
    while (true) {
        auto const comma = rest.find(',');
        auto const text = trimmed(rest.substr(0, comma));
        if (!text.empty()) {
            auto const spec = read_spec(text, size);
            if (!spec.well_formed) return {Wanted::Kind::unsatisfiable, {}};
            if (spec.stretch) stretches.push_back(*spec.stretch);
            ++ranges;
        }
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    if (ranges > ranges_max) return {};
    if (stretches.empty()) return {Wanted::Kind::unsatisfiable, {}};
    if (any_overlap(stretches)) stretches = joined(std::move(stretches));
    return {Wanted::Kind::stretches, std::move(stretches)};
}

}  // namespace updraft::http
