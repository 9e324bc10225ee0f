#include "sqlstore/tables/pages.h"

#include <charconv>

namespace updraft::sqlstore {

Result<std::int64_t> number_after(PageAsk const& ask, std::int64_t first) {
    if (!ask.after) return first;
    std::int64_t number = 0;
    auto const* const end = ask.after->data() + ask.after->size();
    auto const [stopped, trouble] = std::from_chars(ask.after->data(), end, number);
    if (trouble != std::errc{} || stopped != end) {
        return fail(Errc::invalid, "cursor: not one that was given out");
    }
    return number;
}

}  // namespace updraft::sqlstore
