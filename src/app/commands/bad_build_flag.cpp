#include "app/commands/bad_build_flag.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "app/settings/setting_values.h"

namespace updraft::app {
namespace {

using simulator::BadBuild;
using simulator::Outcome;

constexpr std::string_view attribute_prefix = "attribute.";

constexpr std::array<std::pair<std::string_view, Outcome>, 6> ways{{
    {"fail", Outcome::failure},
    {"silent", Outcome::silence},
    {"revert", Outcome::fallback},
    {"reject", Outcome::rejection},
    {"download", Outcome::broken_off},
    {"stall", Outcome::stall},
}};

struct Pair {
    std::string_view name;
    std::string_view value;
};

// Both sides of the first '='; nothing when one of them is empty.
std::optional<Pair> pair_in(std::string_view text) {
    auto const sign = text.find('=');
    if (sign == std::string_view::npos || sign == 0 || sign + 1 == text.size()) return {};
    return Pair{text.substr(0, sign), text.substr(sign + 1)};
}

Result<double> read_share(std::string_view text) {
    if (text.ends_with('%')) text.remove_suffix(1);
    double percent = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
    auto const whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || !(percent > 0 && percent <= 100)) {
        return fail(Errc::invalid, "share must be a percentage above 0 and at most 100");
    }
    return percent / 100;
}

Result<Outcome> read_way(std::string_view text) {
    auto const* const found =
        std::ranges::find(ways, text, &std::pair<std::string_view, Outcome>::first);
    if (found == ways.end()) {
        return fail(Errc::invalid, "how must be fail, silent, revert, reject, download or stall");
    }
    return found->second;
}

Result<void> put(BadBuild& build, Pair const& given) {
    auto const& [name, value] = given;
    if (name == "share") {
        TRY_ASSIGN(build.share, read_share(value));
    } else if (name == "how") {
        TRY_ASSIGN(build.ending.outcome, read_way(value));
    } else if (name == "after") {
        auto const after = read_duration(value);
        if (!after) return fail(Errc::invalid, "after " + after.error().detail);
        build.ending.after = *after;
    } else if (name == "from") {
        build.from = value;
    } else if (name.starts_with(attribute_prefix) && name.size() > attribute_prefix.size()) {
        build.attributes.emplace_back(name.substr(attribute_prefix.size()), value);
    } else {
        return fail(Errc::invalid,
                    std::string(name) + " is none of share, how, after, from and attribute.NAME");
    }
    return {};
}

bool has_a_time(Outcome outcome) {
    return outcome == Outcome::failure || outcome == Outcome::silence ||
           outcome == Outcome::fallback;
}

}  // namespace

Result<BadBuild> read_bad_build(std::string_view text) {
    auto const colon = text.rfind(':');
    BadBuild build;
    build.version = text.substr(0, colon);
    if (build.version.empty()) return fail(Errc::invalid, "it must begin with a version");
    auto rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    auto more = colon != std::string_view::npos;
    std::vector<std::string_view> seen;
    while (more) {
        auto const comma = rest.find(',');
        auto const part = rest.substr(0, comma);
        more = comma != std::string_view::npos;
        if (more) rest.remove_prefix(comma + 1);
        auto const given = pair_in(part);
        if (!given) return fail(Errc::invalid, "\"" + std::string(part) + "\" is no NAME=VALUE");
        if (std::ranges::find(seen, given->name) != seen.end()) {
            return fail(Errc::invalid, std::string(given->name) + " is given twice");
        }
        seen.push_back(given->name);
        TRY(put(build, *given));
    }
    if (build.ending.after && !has_a_time(build.ending.outcome)) {
        return fail(Errc::invalid, "after goes with how=fail, silent or revert only");
    }
    return build;
}

Result<std::vector<simulator::Attribute>> read_attributes(std::vector<std::string> const& texts) {
    std::vector<simulator::Attribute> all;
    for (auto const& text : texts) {
        auto const given = pair_in(text);
        if (!given) return fail(Errc::invalid, "\"" + text + "\" is no NAME=VALUE");
        auto const known = std::ranges::find(all, given->name, &simulator::Attribute::name);
        auto& attribute = known != all.end() ? *known : all.emplace_back(std::string(given->name));
        attribute.values.emplace_back(given->value);
    }
    return all;
}

}  // namespace updraft::app
