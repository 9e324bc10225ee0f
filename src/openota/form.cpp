#include "openota/form.h"

#include <algorithm>

#include "text/percent.h"

namespace updraft::openota {

std::optional<std::string> form_decoded(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return text::percent_decoded(spaced);
}

Result<Form> Form::read(std::string_view body) {
    Form form;
    while (!body.empty()) {
        auto const pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        if (pair.empty()) continue;
        auto const equals = std::min(pair.find('='), pair.size());
        auto name = form_decoded(pair.substr(0, equals));
        auto value = form_decoded(pair.substr(std::min(pair.size(), equals + 1)));
        if (!name || !value) return fail(Errc::invalid, "the form's percent-encoding is broken");
        auto const known = [&](auto const& other) { return other.first == *name; };
        if (std::any_of(form.pairs_.begin(), form.pairs_.end(), known)) {
            return fail(Errc::invalid, "a field of the form was given twice");
        }
        if (form.pairs_.size() == form_pairs_max) {
            return fail(Errc::invalid, "the form has too many fields");
        }
        form.pairs_.emplace_back(*std::move(name), *std::move(value));
    }
    return form;
}

std::optional<std::string> Form::value(std::string_view name) const {
    for (auto const& [key, value] : pairs_) {
        if (key == name && !value.empty()) return value;
    }
    return std::nullopt;
}

}  // namespace updraft::openota
