#include "sqlstore/tables/pages.h"

#include "text/whole_number.h"

namespace updraft::sqlstore {

Result<std::int64_t> number_after(PageAsk const& ask, std::int64_t first) {
    if (!ask.after) return first;
    auto const number = text::read_whole(*ask.after);
    if (!number) return fail(Errc::invalid, "cursor: not one that was given out");
    return *number;
}

}  // namespace updraft::sqlstore
