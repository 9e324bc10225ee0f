// How a written value gets into its field: the few patterns that the table of keys is made of.
//
// Lives here: one reader for each shape of value (text, texts, number, truth), with its bounds.
// Not here:   which key has which (app/settings_keys.cpp), the forms of text
//             (app/setting_values.h).
#pragma once

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/settings_keys.h"

namespace updraft::app::reading {

inline constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();

// A field of a section, by two member pointers.
template <class Section, class Owner, class T>
auto at(Section Settings::*section, T Owner::*field) {
    return [section, field](Settings& settings) -> T& { return settings.*section.*field; };
}

inline Result<std::string> text_of(Written const& written) {
    if (auto const* text = std::get_if<std::string>(&written.value)) return *text;
    return fail(Errc::invalid, "must be a string in quotes");
}

inline std::vector<std::string> split_at_commas(std::string const& text) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (from <= text.size()) {
        auto const comma = std::min(text.find(',', from), text.size());
        auto const first = text.find_first_not_of(' ', from);
        if (first < comma) {
            auto const last = text.find_last_not_of(' ', comma - 1);
            parts.push_back(text.substr(first, last + 1 - first));
        }
        from = comma + 1;
    }
    return parts;
}

inline Result<std::vector<std::string>> texts_of(Written const& written) {
    if (auto const* texts = std::get_if<std::vector<std::string>>(&written.value)) return *texts;
    if (written.from_environment) {
        TRY_ASSIGN(auto const text, text_of(written));
        return split_at_commas(text);
    }
    return fail(Errc::invalid, "must be a list of strings, such as [\"…\", \"…\"]");
}

inline Result<std::int64_t> number_of(Written const& written) {
    if (auto const* number = std::get_if<std::int64_t>(&written.value)) return *number;
    if (auto const* text = std::get_if<std::string>(&written.value);
        text != nullptr && written.from_environment) {
        std::int64_t number = 0;
        auto const* const end = text->data() + text->size();
        auto const [stop, trouble] = std::from_chars(text->data(), end, number);
        if (!text->empty() && trouble == std::errc{} && stop == end) return number;
    }
    return fail(Errc::invalid, "must be a whole number");
}

template <class T>
std::string as_text(T const& bound) {
    if constexpr (std::is_same_v<T, Millis>)
        return std::to_string(bound.count()) + "ms";
    else
        return std::to_string(bound);
}

template <class T>
Result<void> within(T const& value, T const& least, T const& most) {
    if (value < least) return fail(Errc::invalid, "must be at least " + as_text(least));
    if (value > most) return fail(Errc::invalid, "must be at most " + as_text(most));
    return {};
}

// One value whose form `read` knows.
template <class Field, class Read>
auto one(Field field, Read read) {
    return [field, read](Settings& settings, Written const& written) -> Result<void> {
        TRY_ASSIGN(auto const text, text_of(written));
        TRY_ASSIGN(field(settings), read(text));
        return {};
    };
}

// A list of them; `least` tells whether it may be empty.
template <class Field, class Read>
auto many(Field field, Read read, std::size_t least = 0) {
    return [field, read, least](Settings& settings, Written const& written) -> Result<void> {
        TRY_ASSIGN(auto const texts, texts_of(written));
        if (texts.size() < least) return fail(Errc::invalid, "must not be empty");
        auto& values = field(settings);
        values.clear();
        for (auto const& text : texts) {
            auto value = read(text);
            if (!value) return fail(Errc::invalid, "\"" + text + "\" " + value.error().detail);
            values.push_back(*std::move(value));
        }
        return {};
    };
}

template <class Field>
auto text(Field field) {
    return one(field, [](std::string const& given) -> Result<std::string> {
        if (given.empty()) return fail(Errc::invalid, "must not be empty");
        if (given.find('\0') != std::string::npos) {
            return fail(Errc::invalid, "must not contain U+0000");
        }
        return given;
    });
}

template <class Field>
auto duration(Field field, Millis least = Millis{0}, Millis most = Millis::max()) {
    return one(field, [least, most](std::string const& given) -> Result<Millis> {
        TRY_ASSIGN(auto const value, read_duration(given));
        TRY(within(value, least, most));
        return value;
    });
}

template <class Field>
auto size(Field field) {
    return one(field, [](std::string const& given) -> Result<std::int64_t> {
        TRY_ASSIGN(auto const bytes, read_size(given));
        TRY(within(bytes, std::int64_t{1}, unbounded));
        return bytes;
    });
}

template <class Field>
auto count(Field field, std::int64_t least, std::int64_t most) {
    return [field, least, most](Settings& settings, Written const& written) -> Result<void> {
        TRY_ASSIGN(auto const number, number_of(written));
        TRY(within(number, least, most));
        field(settings) = number;
        return {};
    };
}

template <class Field>
auto truth(Field field) {
    return [field](Settings& settings, Written const& written) -> Result<void> {
        if (auto const* given = std::get_if<bool>(&written.value)) {
            field(settings) = *given;
            return {};
        }
        auto const* word = std::get_if<std::string>(&written.value);
        if (written.from_environment && word != nullptr && (*word == "true" || *word == "false")) {
            field(settings) = *word == "true";
            return {};
        }
        return fail(Errc::invalid, "must be true or false");
    };
}

}  // namespace updraft::app::reading
