#include "sqlstore/tables/pages.h"

#include "text/whole_number.h"

namespace updraft::sqlstore {
namespace {

constexpr char separator = '\0';  // No value contains it.

tl::unexpected<Error> unknown_cursor() {
    return fail(Errc::invalid, "cursor: not one that was given out");
}

Place split(std::string_view text) {
    Place values;
    for (;;) {
        auto const at = text.find(separator);
        values.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return values;
        text.remove_prefix(at + 1);
    }
}

}  // namespace

Result<std::int64_t> number_after(PageAsk const& ask, std::int64_t first) {
    if (!ask.after) return first;
    auto const number = text::read_whole(*ask.after);
    if (!number) return unknown_cursor();
    return *number;
}

std::string text_at(Place const& place, std::size_t nth, std::string_view beginning) {
    return place.empty() ? std::string(beginning) : place[nth];
}

Result<std::int64_t> number_at(Place const& place, std::size_t nth, std::int64_t beginning) {
    if (place.empty()) return beginning;
    auto const number = text::read_whole(place[nth]);
    if (!number) return unknown_cursor();
    return *number;
}

Result<Resumption> resumption(std::span<Stretch const> stretches, PageAsk const& ask) {
    if (!ask.after) return Resumption{};
    auto values = split(*ask.after);
    auto const name = values.front();
    values.erase(values.begin());
    for (std::size_t i = 0; i < stretches.size(); ++i) {
        if (stretches[i].name != name) continue;
        if (!values.empty() && values.size() != stretches[i].values) break;
        return Resumption{.stretch = i, .after = std::move(values)};
    }
    return unknown_cursor();
}

std::string cursor_at(Stretch const& stretch, Place const& after) {
    std::string cursor(stretch.name);
    for (auto const& value : after) (cursor += separator) += value;
    return cursor;
}

}  // namespace updraft::sqlstore
