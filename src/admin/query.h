// The query strings of operators' calls: which parameters each call takes, and reading them.
//
// Lives here: the table of parameters, checking a query string against it, and the values of
//             parameters that were checked.
//
// Not here:   pages and cursors (admin/answer.h), what a filter means (the tables of the store),
//             when the check runs (admin/routes.cpp: after the role, before the body).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::admin {

struct Parameter {
    enum class Kind : std::uint8_t {
        name,    // Any text. A name that nothing has gives an empty list.
        word,    // One of `words`.
        number,  // A whole number from `min` to `max`.
        time,    // RFC 3339.
        truth,   // "true" or "false".
    };
    std::string_view name;
    Kind kind = Kind::name;
    std::span<std::string_view const> words = {};
    std::int64_t min = 0;
    std::int64_t max = 0;
};

// The parameters of the call with that operationId (admin/routes.cpp); none for most calls.
[[nodiscard]] std::span<Parameter const> parameters_of(std::string_view operation);

// Errc::invalid, naming the parameter, when the query string has one that is not in `known`, occurs
// twice, is empty, cannot be decoded, or has a value that its kind does not have. A '+' is a blank.
[[nodiscard]] Result<void> check_query(std::string_view query, std::span<Parameter const> known);

// The functions below read the parameters of a request that check_query() has accepted. Each
// answers nothing when the parameter is absent.
[[nodiscard]] std::optional<std::string> text_parameter(http::Request const& request,
                                                        std::string_view name);
[[nodiscard]] std::optional<Instant> time_parameter(http::Request const& request,
                                                    std::string_view name);
[[nodiscard]] std::optional<bool> truth_parameter(http::Request const& request,
                                                  std::string_view name);
// An id that is written in digits. A text that is no such id becomes an id that nothing has.
[[nodiscard]] std::optional<std::int64_t> id_parameter(http::Request const& request,
                                                       std::string_view name);
template <class Id>
std::optional<Id> name_parameter(http::Request const& request, std::string_view name) {
    auto text = text_parameter(request, name);
    return text ? std::optional(Id{*std::move(text)}) : std::nullopt;
}
template <class Enum, std::size_t count>
std::optional<Enum> word_parameter(http::Request const& request, std::string_view name,
                                   EnumWords<count> const& words) {
    auto const text = text_parameter(request, name);
    return text ? value_in<Enum>(words, *text) : std::nullopt;
}

// The name of a list in its cursors: `list`, and a digest of the request's path parameters and
// filters, because a cursor belongs to its list and filters. `list` alone when there are none.
[[nodiscard]] std::string cursor_list(http::Request const& request, std::string_view list);

}  // namespace updraft::admin
