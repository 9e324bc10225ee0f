#include "http/conditions.h"

#include <algorithm>

#include "text/percent.h"
#include "vocabulary/ascii.h"

namespace updraft::http {
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

}  // namespace

std::optional<int> unmet_condition(Request const& request, Validators const& validators) {
    if (auto const match = request.field("If-Match")) {
        if (!if_match_names(*match, validators.etag)) return 412;
    }
    if (auto const none = request.field("If-None-Match")) {
        if (names(*none, validators.etag, Comparison::weak)) return 304;
    }
    return std::nullopt;
}

bool if_match_names(std::string_view list, std::string_view etag) {
    return names(list, etag, Comparison::strong);
}

std::optional<std::string_view> wanted_range(Request const& request, Validators const& validators) {
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
    return "attachment; filename*=UTF-8''" + text::percent_encoded(file_name);
}

}  // namespace updraft::http
