#include "app/settings/setting_readers.h"

#include <algorithm>

#include "text/whole_number.h"

namespace updraft::app::reading {
namespace {

std::vector<std::string> split_at_commas(std::string const& text) {
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

Result<std::int64_t> number_of(Written const& written) {
    if (auto const* number = std::get_if<std::int64_t>(&written.value)) return *number;
    if (auto const* given = std::get_if<std::string>(&written.value);
        given != nullptr && written.from_environment) {
        if (auto const number = text::read_whole(*given)) return *number;
    }
    return fail(Errc::invalid, "must be a whole number");
}

Result<std::string> read_text(std::string const& given) {
    if (given.empty()) return fail(Errc::invalid, "must not be empty");
    if (given.find('\0') != std::string::npos) {
        return fail(Errc::invalid, "must not contain U+0000");
    }
    return given;
}

}  // namespace

Result<std::string> text_of(Written const& written) {
    if (auto const* text = std::get_if<std::string>(&written.value)) return *text;
    return fail(Errc::invalid, "must be a string in quotes");
}

Result<std::vector<std::string>> texts_of(Written const& written) {
    if (auto const* texts = std::get_if<std::vector<std::string>>(&written.value)) return *texts;
    if (written.from_environment) {
        TRY_ASSIGN(auto const text, text_of(written));
        return split_at_commas(text);
    }
    return fail(Errc::invalid, "must be a list of strings, such as [\"…\", \"…\"]");
}

Result<void> within(std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value < least) return fail(Errc::invalid, "must be at least " + std::to_string(least));
    if (value > most) return fail(Errc::invalid, "must be at most " + std::to_string(most));
    return {};
}

Result<void> within(Millis value, Millis least, Millis most) {
    auto const checked = within(value.count(), least.count(), most.count());
    if (!checked) return fail(Errc::invalid, checked.error().detail + "ms");
    return {};
}

Reader text(Field<std::string> field) { return one(std::move(field), read_text); }

Reader duration(Field<Millis> field, Millis least, Millis most) {
    return one(std::move(field), [least, most](std::string const& given) -> Result<Millis> {
        TRY_ASSIGN(auto const value, read_duration(given));
        TRY(within(value, least, most));
        return value;
    });
}

Reader size(Field<std::int64_t> field) {
    return one(std::move(field), [](std::string const& given) -> Result<std::int64_t> {
        TRY_ASSIGN(auto const bytes, read_size(given));
        TRY(within(bytes, 1, unbounded));
        return bytes;
    });
}

Reader count(Field<std::int64_t> field, std::int64_t least, std::int64_t most) {
    return [field = std::move(field), least, most](Settings& settings,
                                                   Written const& written) -> Result<void> {
        TRY_ASSIGN(auto const number, number_of(written));
        TRY(within(number, least, most));
        field(settings) = number;
        return {};
    };
}

Reader truth(Field<bool> field) {
    return [field = std::move(field)](Settings& settings, Written const& written) -> Result<void> {
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
