#include "admin/query.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "admin/answer.h"
#include "firmware/release.h"
#include "fleet/contact.h"
#include "push/delivery.h"
#include "rollout/place.h"
#include "text/percent.h"
#include "text/utf8.h"
#include "text/whole_number.h"
#include "upgrade/cause_word.h"
#include "upgrade/upgrade.h"
#include "vocabulary/digest.h"

namespace updraft::admin {
namespace {

constexpr Parameter limit_parameter{
    .name = "limit", .kind = Parameter::Kind::number, .min = 1, .max = page_items_max};
constexpr Parameter cursor_parameter{"cursor"};
constexpr Parameter since_parameter{"since", Parameter::Kind::time};
constexpr Parameter until_parameter{"until", Parameter::Kind::time};

constexpr Parameter word_of_list(std::string_view name, std::span<std::string_view const> words) {
    return {.name = name, .kind = Parameter::Kind::word, .words = words};
}

constexpr auto page_only = std::to_array<Parameter>({limit_parameter, cursor_parameter});
constexpr auto of_devices = std::to_array<Parameter>({
    {"model"},
    {"openId"},
    {"gatewayDid"},
    {"version"},
    {"tag"},
    {"q"},
    word_of_list("seen", fleet::contact_words),
    {"active", Parameter::Kind::truth},
    limit_parameter,
    cursor_parameter,
});
constexpr auto of_firmware = std::to_array<Parameter>({
    {"model"},
    word_of_list("state", firmware::release_state_words),
    limit_parameter,
    cursor_parameter,
});
constexpr auto of_upgrades = std::to_array<Parameter>({
    {"did"},
    {"model"},
    word_of_list("state", upgrade::state_words),
    {"orderId"},
    word_of_list("cause", upgrade::cause_words),
    {"firmwareId"},
    {"rolloutId"},
    {"openId"},
    since_parameter,
    until_parameter,
    limit_parameter,
    cursor_parameter,
});
constexpr auto of_pushes = std::to_array<Parameter>({
    {"appid"},
    {"did"},
    word_of_list("state", push::delivery_state_words),
    word_of_list("msgType", push::msg_type_wire_words),
    since_parameter,
    until_parameter,
    limit_parameter,
    cursor_parameter,
});

constexpr auto of_audit = std::to_array<Parameter>({
    {"actor"},
    {"action"},
    {"object"},
    since_parameter,
    until_parameter,
    limit_parameter,
    cursor_parameter,
});

constexpr auto of_rollouts = std::to_array<Parameter>({
    word_of_list("state", rollout::state_words),
    {"model"},
    {"firmwareId"},
    limit_parameter,
    cursor_parameter,
});
constexpr auto of_rollout_devices = std::to_array<Parameter>({
    word_of_list("state", upgrade::state_words),
    {.name = "wave", .kind = Parameter::Kind::number, .min = 1, .max = rollout::waves_max},
    word_of_list("judged", rollout::judged_words),
    limit_parameter,
    cursor_parameter,
});

constexpr auto of_why = std::to_array<Parameter>({{"firmwareId"}});

struct CallParameters {
    std::string_view operation;
    std::span<Parameter const> takes;
};
constexpr auto known_calls = std::to_array<CallParameters>({
    {"listApps", page_only},
    {"listGrants", page_only},
    {"listDevices", of_devices},
    {"showDeviceTimeline", page_only},
    {"explainDevice", of_why},
    {"listModels", page_only},
    {"listFirmware", of_firmware},
    {"listUpgrades", of_upgrades},
    {"listOrders", page_only},
    {"listHolds", page_only},
    {"listRollouts", of_rollouts},
    {"listRolloutDevices", of_rollout_devices},
    {"showRolloutTimeline", page_only},
    {"listPushes", of_pushes},
    {"listOperators", page_only},
    {"listOperatorTokens", page_only},
    {"listAudit", of_audit},
});

// The decoded text; nothing when it has a malformed escape, "%00", or is not UTF-8.
std::optional<std::string> decoded(std::string_view text) {
    std::string plain(text);
    std::ranges::replace(plain, '+', ' ');
    auto read = text::percent_decoded(plain);
    if (!read || !text::is_utf8(*read)) return std::nullopt;
    return read;
}

// Calls `look(key, value)`, both not decoded, for each parameter until it answers an error. A
// parameter without '=' has an empty value.
template <class Look>
Result<void> each_parameter(std::string_view query, Look const& look) {
    while (!query.empty()) {
        auto const end = std::min(query.find('&'), query.size());
        auto const pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        auto const equals = std::min(pair.find('='), pair.size());
        TRY(look(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size()))));
    }
    return {};
}

std::string in_prose(std::span<std::string_view const> words, std::string_view last_joint) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? last_joint : ", ";
        text += words[i];
    }
    return text;
}

tl::unexpected<Error> unknown(std::string_view name, std::span<Parameter const> known) {
    auto text = name.empty() ? std::string("a parameter has no name")
                             : std::string(name) + " is not a parameter of this call";
    if (known.empty()) return fail(Errc::invalid, text + ", which takes none");
    std::vector<std::string_view> names;
    for (auto const& one : known) names.push_back(one.name);
    return fail(Errc::invalid, text + "; it takes " + in_prose(names, " and "));
}

Result<void> check_value(Parameter const& parameter, std::string const& value) {
    auto const must_be = [&](std::string const& what) {
        return fail(Errc::invalid, std::string(parameter.name) + " must be " + what);
    };
    using enum Parameter::Kind;
    switch (parameter.kind) {
        case name:
            return {};
        case word:
            if (std::ranges::find(parameter.words, value) != parameter.words.end()) return {};
            return must_be(in_prose(parameter.words, " or "));
        case number: {
            auto const given = text::read_whole(value);
            if (given && *given >= parameter.min && *given <= parameter.max) return {};
            return must_be("a whole number from " + std::to_string(parameter.min) + " to " +
                           std::to_string(parameter.max));
        }
        case time:
            if (read_rfc3339(value)) return {};
            return must_be("a time as in RFC 3339, with a + written as %2B");
        case truth:
            if (value == "true" || value == "false") return {};
            return must_be("true or false");
    }
    return {};
}

}  // namespace

std::span<Parameter const> parameters_of(std::string_view operation) {
    auto const* const found = std::ranges::find(known_calls, operation, &CallParameters::operation);
    return found == known_calls.end() ? std::span<Parameter const>() : found->takes;
}

Result<void> check_query(std::string_view query, std::span<Parameter const> known) {
    std::vector<std::string_view> seen;
    return each_parameter(query, [&](std::string_view key, std::string_view text) -> Result<void> {
        auto const name = decoded(key);
        if (!name) return fail(Errc::invalid, "the name of a parameter cannot be decoded");
        auto const parameter = std::ranges::find(known, *name, &Parameter::name);
        if (parameter == known.end()) return unknown(*name, known);
        if (std::ranges::find(seen, *name) != seen.end()) {
            return fail(Errc::invalid, *name + " is given twice");
        }
        seen.push_back(parameter->name);
        auto const value = decoded(text);
        if (!value) return fail(Errc::invalid, *name + " cannot be decoded");
        if (value->empty()) return fail(Errc::invalid, *name + " must not be empty");
        return check_value(*parameter, *value);
    });
}

std::optional<std::string> text_parameter(http::Request const& request, std::string_view name) {
    std::optional<std::string> value;
    auto const look = [&](std::string_view key, std::string_view text) -> Result<void> {
        if (!value && decoded(key) == name) value = decoded(text);
        return {};
    };
    std::ignore = each_parameter(request.query, look);
    return value;
}

std::optional<Instant> time_parameter(http::Request const& request, std::string_view name) {
    auto const text = text_parameter(request, name);
    return text ? read_rfc3339(*text) : std::nullopt;
}

std::optional<bool> truth_parameter(http::Request const& request, std::string_view name) {
    auto const text = text_parameter(request, name);
    return text ? std::optional(*text == "true") : std::nullopt;
}

std::optional<std::int64_t> id_parameter(http::Request const& request, std::string_view name) {
    auto const text = text_parameter(request, name);
    return text ? std::optional(text::read_whole(*text).value_or(0)) : std::nullopt;
}

std::string cursor_list(http::Request const& request, std::string_view list) {
    std::vector<std::string> filters;
    auto const look = [&](std::string_view key, std::string_view text) -> Result<void> {
        auto const name = decoded(key);
        if (!name || *name == limit_parameter.name || *name == cursor_parameter.name) return {};
        filters.push_back(*name + '\0' + decoded(text).value_or(""));
        return {};
    };
    std::ignore = each_parameter(request.query, look);
    std::ranges::sort(filters);
    filters.insert(filters.begin(), request.params.begin(), request.params.end());
    if (filters.empty()) return std::string(list);
    std::string all;
    for (auto const& one : filters) (all += one) += '\0';
    constexpr std::size_t digest_characters = 12;
    return std::string(list) + "@" + sha256_hex(all).substr(0, digest_characters);
}

}  // namespace updraft::admin
