// Text becomes values: bodies, members and path segments of operators' requests.
//
// Lives here: required and optional members with their limits; every error names the field.
// Not here:   JSON itself (json/reader.h), which members an endpoint knows (beside the endpoint).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"
#include "json/reader.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace updraft::admin {

inline constexpr std::size_t body_bytes_max = 1024 * 1024;
inline constexpr std::size_t title_bytes_max = 128;  // Names of apps, devices and models.

// The body as an object; an empty body is an empty object. The error is the reply: 400 for what is
// not JSON, 422 for JSON that is no object.
[[nodiscard]] tl::expected<json::Object, http::Reply> read_body(http::Request const& request);

// Given as `null`. The readers below take that for absent, where absent is allowed.
[[nodiscard]] bool given_null(json::Object const& object, std::string_view name);
// Given as `null` where only a value makes sense: Errc::invalid.
[[nodiscard]] Result<void> refuse_null(json::Object const& object, std::string_view name);

[[nodiscard]] Result<std::string> needed_text(json::Object const& object, std::string_view name,
                                              std::size_t bytes_max);
[[nodiscard]] Result<std::optional<std::string>> optional_text(json::Object const& object,
                                                               std::string_view name,
                                                               std::size_t bytes_max);

template <class Id>
Result<Id> needed_name(json::Object const& object, std::string_view name) {
    TRY_ASSIGN(auto const text, json::text_member(object, name));
    if (!text) return fail(Errc::invalid, std::string(name) + " is missing");
    return read_name<Id>(*text, name);
}

template <class Id>
Result<std::optional<Id>> optional_name(json::Object const& object, std::string_view name) {
    TRY_ASSIGN(auto const text, json::text_member(object, name));
    if (!text) return std::optional<Id>{};
    TRY_ASSIGN(auto read, read_name<Id>(*text, name));
    return std::optional<Id>{std::move(read)};
}

// Strings of 1 to name_bytes_max bytes, each once, at most `count_max`; absent is empty.
[[nodiscard]] Result<std::vector<std::string>> optional_names(json::Object const& object,
                                                              std::string_view name,
                                                              std::size_t count_max);

// A whole number from `min` to `max`, or nothing when absent.
[[nodiscard]] Result<std::optional<std::int64_t>> whole_between(json::Object const& object,
                                                                std::string_view name,
                                                                std::int64_t min, std::int64_t max);

// A path segment. Also refuses what is not UTF-8, which JSON could not say back.
[[nodiscard]] Result<std::string> path_text(http::Request const& request, std::size_t index,
                                            std::string_view name);
template <class Id>
Result<Id> path_name(http::Request const& request, std::size_t index, std::string_view name) {
    TRY_ASSIGN(auto const text, path_text(request, index, name));
    return read_name<Id>(text, name);
}
// A path segment that is a number of ours; one that can't be any is Errc::not_found.
[[nodiscard]] Result<std::int64_t> path_number(http::Request const& request, std::size_t index,
                                               std::string_view name);

// A filter of a list; absent and empty are no filter.
template <class Id>
Result<std::optional<Id>> filter_name(http::Request const& request, std::string_view name) {
    auto const text = request.parameter(name);
    if (!text || text->empty()) return std::optional<Id>{};
    TRY_ASSIGN(auto read, read_name<Id>(*text, name));
    return std::optional<Id>{std::move(read)};
}

}  // namespace updraft::admin
