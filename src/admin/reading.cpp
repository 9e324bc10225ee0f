#include "admin/reading.h"

#include <algorithm>

#include "admin/problem.h"
#include "text/utf8.h"
#include "text/whole_number.h"

namespace updraft::admin {
namespace {

Result<void> check_length(std::string_view text, std::string_view name, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return {};
    return fail(Errc::invalid,
                std::string(name) + " is longer than " + std::to_string(bytes_max) + " bytes");
}

}  // namespace

tl::expected<json::Object, http::Reply> read_body(http::Request const& request) {
    if (request.body.empty()) return json::Object{};
    auto value = json::read(request.body);
    if (!value)
        return tl::unexpected(problem(400, "the body is not JSON: " + value.error().detail));
    auto const* const object = value->object();
    if (object == nullptr) return tl::unexpected(problem(422, "the body must be a JSON object"));
    return *object;
}

bool given_null(json::Object const& object, std::string_view name) {
    return std::ranges::any_of(object.members, [&](json::Member const& member) {
        return member.first == name && member.second.is_null();
    });
}

Result<void> refuse_null(json::Object const& object, std::string_view name) {
    if (!given_null(object, name)) return {};
    return fail(Errc::invalid, std::string(name) + " must not be null");
}

Result<std::string> needed_text(json::Object const& object, std::string_view name,
                                std::size_t bytes_max) {
    TRY_ASSIGN(auto text, json::text_member(object, name));
    if (!text) return fail(Errc::invalid, std::string(name) + " is missing");
    if (text->empty()) return fail(Errc::invalid, std::string(name) + " must not be empty");
    TRY(check_length(*text, name, bytes_max));
    return *std::move(text);
}

Result<std::optional<std::string>> optional_text(json::Object const& object, std::string_view name,
                                                 std::size_t bytes_max) {
    TRY_ASSIGN(auto text, json::text_member(object, name));
    if (text) TRY(check_length(*text, name, bytes_max));
    return text;
}

Result<std::optional<std::string>> optional_title(json::Object const& object, std::string_view name,
                                                  std::size_t bytes_max) {
    TRY_ASSIGN(auto text, optional_text(object, name, bytes_max));
    if (text) TRY(check_new_name(*text, name));
    return text;
}

Result<std::string> needed_title(json::Object const& object, std::string_view name) {
    TRY_ASSIGN(auto text, needed_text(object, name, title_bytes_max));
    TRY(check_new_name(text, name));
    return text;
}

Result<std::vector<std::string>> optional_names(json::Object const& object, std::string_view name,
                                                std::size_t count_max) {
    TRY_ASSIGN(auto names, names_to_find(object, name, count_max));
    for (auto const& each : names) TRY(check_new_name(each, name));
    return names;
}

Result<std::vector<std::string>> names_to_find(json::Object const& object, std::string_view name,
                                               std::size_t count_max) {
    TRY_ASSIGN(auto const* const array, json::array_member(object, name));
    std::vector<std::string> names;
    if (array == nullptr) return names;
    if (array->size() > count_max) {
        return fail(Errc::invalid,
                    std::string(name) + " has more than " + std::to_string(count_max) + " entries");
    }
    for (auto const& entry : *array) {
        if (entry.string() == nullptr) {
            return fail(Errc::invalid, std::string(name) + " must hold strings only");
        }
        TRY_ASSIGN(auto read, read_name<Name<void>>(*entry.string(), name));
        if (std::ranges::find(names, read.value) == names.end()) {
            names.push_back(std::move(read.value));
        }
    }
    return names;
}

Result<std::optional<std::int64_t>> whole_between(json::Object const& object, std::string_view name,
                                                  std::int64_t min, std::int64_t max) {
    TRY_ASSIGN(auto const given, json::whole_member(object, name));
    if (!given || (*given >= min && *given <= max)) return given;
    return fail(Errc::invalid, std::string(name) + " must be from " + std::to_string(min) + " to " +
                                   std::to_string(max));
}

Result<std::optional<ReleaseId>> optional_release_id(json::Object const& object,
                                                     std::string_view name) {
    TRY_ASSIGN(auto const* const given, object.find(name));
    if (given == nullptr) return std::optional<ReleaseId>{};
    std::optional<std::int64_t> number;
    if (auto const* const digits = given->string()) number = text::read_whole(*digits);
    if (auto const* const written = given->number()) number = json::whole_of(*written);
    if (!number) return fail(Errc::invalid, std::string(name) + " must be the id of a firmware");
    return std::optional(ReleaseId{*number});
}

Result<std::string> path_text(http::Request const& request, std::size_t index,
                              std::string_view name) {
    auto const& segment = request.params[index];
    if (!text::is_utf8(segment)) return fail(Errc::invalid, std::string(name) + " is not UTF-8");
    return segment;
}

Result<std::int64_t> path_number(http::Request const& request, std::size_t index,
                                 std::string_view name) {
    auto const& text = request.params[index];
    auto const number = text::read_whole(text);
    if (number.value_or(0) <= 0) {
        return fail(Errc::not_found, "there is no " + std::string(name) + " " + text);
    }
    return *number;
}

}  // namespace updraft::admin
