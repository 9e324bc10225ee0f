// Reads bodies, members and path segments of operators' requests into values.
//
// Lives here: required and optional members with their limits. Every error names the field.
//
// Not here:   JSON syntax (json/reader.h), the members of each call (in the call's file), query
//             strings (admin/query.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "http/exchange.h"
#include "json/reader.h"
#include "vocabulary/ids.h"
#include "vocabulary/new_name.h"
#include "vocabulary/result.h"
#include "vocabulary/version_spelling.h"

namespace updraft::admin {

inline constexpr std::size_t body_bytes_max = 1024 * 1024;
inline constexpr std::size_t title_bytes_max = 128;  // Names of apps, devices and models.

// The body as an object; an empty body is an empty object. The error is the reply to send: 400 when
// the body is not JSON, 422 when it is not an object.
[[nodiscard]] tl::expected<json::Object, http::Reply> read_body(http::Request const& request);

// True when the member is `null`. The functions for optional members treat that as absent.
[[nodiscard]] bool given_null(json::Object const& object, std::string_view name);
// Errc::invalid when the member is `null`: for members that cannot be cleared.
[[nodiscard]] Result<void> refuse_null(json::Object const& object, std::string_view name);

[[nodiscard]] Result<std::string> needed_text(json::Object const& object, std::string_view name,
                                              std::size_t bytes_max);
[[nodiscard]] Result<std::optional<std::string>> optional_text(json::Object const& object,
                                                               std::string_view name,
                                                               std::size_t bytes_max);

// A name of up to `bytes_max` bytes, which may be empty; the rule for new names holds
// (vocabulary/new_name.h). This holds for all names in bodies below.
[[nodiscard]] Result<std::optional<std::string>> optional_title(
    json::Object const& object, std::string_view name, std::size_t bytes_max = title_bytes_max);
[[nodiscard]] Result<std::string> needed_title(json::Object const& object, std::string_view name);

// Errc::invalid for a version of blanks alone: blanks at its ends do not count.
template <class Id>
Result<void> check_blanks(Id const& name, std::string_view field) {
    if constexpr (std::is_same_v<Id, Version>) {
        if (bare_version(name.value).empty()) {
            return fail(Errc::invalid, std::string(field) + " has nothing but blanks");
        }
    }
    return {};
}

template <class Id>
Result<Id> needed_name(json::Object const& object, std::string_view name) {
    TRY_ASSIGN(auto const text, json::text_member(object, name));
    if (!text) return fail(Errc::invalid, std::string(name) + " is missing");
    TRY(check_new_name(*text, name));
    TRY_ASSIGN(auto read, read_name<Id>(*text, name));
    TRY(check_blanks(read, name));
    return read;
}

template <class Id>
Result<std::optional<Id>> optional_name(json::Object const& object, std::string_view name) {
    TRY_ASSIGN(auto const text, json::text_member(object, name));
    if (!text) return std::optional<Id>{};
    TRY(check_new_name(*text, name));
    TRY_ASSIGN(auto read, read_name<Id>(*text, name));
    TRY(check_blanks(read, name));
    return std::optional<Id>{std::move(read)};
}

// A list of at most `count_max` different strings of 1 to name_bytes_max bytes. Empty when absent.
[[nodiscard]] Result<std::vector<std::string>> optional_names(json::Object const& object,
                                                              std::string_view name,
                                                              std::size_t count_max);
// The same for names of what exists, to which the rule for new names does not apply.
[[nodiscard]] Result<std::vector<std::string>> names_to_find(json::Object const& object,
                                                             std::string_view name,
                                                             std::size_t count_max);

// A whole number from `min` to `max`, or nothing when absent.
[[nodiscard]] Result<std::optional<std::int64_t>> whole_between(json::Object const& object,
                                                                std::string_view name,
                                                                std::int64_t min, std::int64_t max);

// The id of a firmware, as a string, as it is shown, or as a number; nothing when absent.
[[nodiscard]] Result<std::optional<ReleaseId>> optional_release_id(json::Object const& object,
                                                                   std::string_view name);

// A path segment. Errc::invalid when it is not valid UTF-8, which JSON cannot contain.
[[nodiscard]] Result<std::string> path_text(http::Request const& request, std::size_t index,
                                            std::string_view name);
template <class Id>
Result<Id> path_name(http::Request const& request, std::size_t index, std::string_view name) {
    TRY_ASSIGN(auto const text, path_text(request, index, name));
    return read_name<Id>(text, name);
}
// The same for a call that may create what the path names: the rule for new names holds.
template <class Id>
Result<Id> new_path_name(http::Request const& request, std::size_t index, std::string_view name) {
    TRY_ASSIGN(auto read, path_name<Id>(request, index, name));
    TRY(check_new_name(read.value, name));
    return read;
}
// A path segment that is an id; Errc::not_found when it is not a positive number.
[[nodiscard]] Result<std::int64_t> path_number(http::Request const& request, std::size_t index,
                                               std::string_view name);

}  // namespace updraft::admin
