// Readers: each puts a written value into its field of Settings.
//
// Lives here: one reader for each shape of value (text, list, number, truth), with its bounds.
//
// Not here:   which key has which reader (app/settings/settings_keys.cpp), the forms of text
//             (app/settings/setting_values.h).
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "app/settings/settings_keys.h"
#include "text/whole_number.h"

namespace updraft::app::reading {

inline constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();

// Finds a field of Settings. The readers do not depend on the type of its section, so that each is
// compiled once.
template <class T>
using Field = std::function<T&(Settings&)>;
using Reader = std::function<Result<void>(Settings&, Written const&)>;

// A field of a section, by two member pointers.
template <class Section, class Owner, class T>
Field<T> at(Section Settings::*section, T Owner::*field) {
    return [section, field](Settings& settings) -> T& { return settings.*section.*field; };
}

// Errc::invalid when the value has another type.
[[nodiscard]] Result<std::string> text_of(Written const& written);
[[nodiscard]] Result<std::vector<std::string>> texts_of(Written const& written);

// Errc::invalid with the bound that `value` exceeds.
[[nodiscard]] Result<void> within(Millis value, Millis least, Millis most);
[[nodiscard]] Result<void> within(std::int64_t value, std::int64_t least, std::int64_t most);

[[nodiscard]] Reader text(Field<std::string> field);  // Not empty, without U+0000.
[[nodiscard]] Reader duration(Field<Millis> field, Millis least = Millis{0},
                              Millis most = Millis::max());
[[nodiscard]] Reader size(Field<std::int64_t> field);  // At least 1 byte.
[[nodiscard]] Reader count(Field<std::int64_t> field, std::int64_t least, std::int64_t most);
[[nodiscard]] Reader truth(Field<bool> field);

// One value in the form that `read` knows: Result<T>(text).
template <class T, class Read>
Reader one(Field<T> field, Read read) {
    return [field = std::move(field), read](Settings& settings,
                                            Written const& written) -> Result<void> {
        TRY_ASSIGN(auto const text, text_of(written));
        TRY_ASSIGN(field(settings), read(text));
        return {};
    };
}

// A list of at least `least` of them.
template <class T, class Read>
Reader many(Field<std::vector<T>> field, Read read, std::size_t least = 0) {
    return [field = std::move(field), read, least](Settings& settings,
                                                   Written const& written) -> Result<void> {
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

// As many(), at least one; a text counts as a list of one.
template <class T, class Read>
Reader one_or_many(Field<std::vector<T>> field, Read read) {
    return [several = many(std::move(field), read, 1)](Settings& settings,
                                                       Written const& written) -> Result<void> {
        auto const* const alone = std::get_if<std::string>(&written.value);
        if (alone == nullptr || written.from_environment) return several(settings, written);
        return several(settings, {.value = std::vector<std::string>{*alone}});
    };
}

}  // namespace updraft::app::reading
