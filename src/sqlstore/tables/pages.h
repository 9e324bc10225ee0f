// Reads many rows: all of them, or one page of a list.
//
// Lives here: the loop that all lists use.
// Not here:   the SQL of a list, which asks for one row more than the page has.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "sqlstore/session.h"
#include "vocabulary/page.h"

namespace updraft::sqlstore {

// All rows. `read(Rows const&)` makes a Result<T> of the current row.
template <class T, class Read>
[[nodiscard]] Result<std::vector<T>> all_of(Rows& rows, Read const& read) {
    std::vector<T> items;
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return items;
        TRY_ASSIGN(auto item, read(rows));
        items.push_back(std::move(item));
    }
}

// A page of rows of a query with LIMIT ask.limit + 1: the additional row shows that there is a next
// page. `key(T const&)` makes the cursor after an item.
template <class Read, class Key>
[[nodiscard]] auto page_of(Result<Rows> rows, PageAsk const& ask, Read const& read, Key const& key)
    -> Result<Page<typename std::invoke_result_t<Read const&, Rows const&>::value_type>> {
    using Item = typename std::invoke_result_t<Read const&, Rows const&>::value_type;
    if (!rows) return pass(rows);
    TRY_ASSIGN(auto items, all_of<Item>(*rows, read));
    Page<Item> page;
    auto const limit = static_cast<std::size_t>(ask.limit);
    if (items.size() > limit) {
        items.resize(limit);
        page.next = key(items.back());
    }
    page.items = std::move(items);
    return page;
}

// The cursor as a whole number; `first` when there is no cursor. Errc::invalid when it is not a
// number.
[[nodiscard]] Result<std::int64_t> number_after(PageAsk const& ask, std::int64_t first);

}  // namespace updraft::sqlstore
