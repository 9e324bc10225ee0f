// Reads many rows: all of them, or one page of a list.
//
// Lives here: the loops that all lists use, and the cursors of lists that look at rows.
// Not here:   the SQL of a list, how a cursor is written in an HTTP answer (admin/answer.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

// The values of a row by which its index orders it. Empty: before the first row.
using Place = std::vector<std::string>;

// The n-th value of a place; `beginning` for an empty place. number_at(): Errc::invalid when it is
// not a number.
[[nodiscard]] std::string text_at(Place const& place, std::size_t nth, std::string_view beginning);
[[nodiscard]] Result<std::int64_t> number_at(Place const& place, std::size_t nth,
                                             std::int64_t beginning);

// Rows that one index gives in order: a list, or a part of one.
struct Stretch {
    std::string_view name;   // In cursors; a literal.
    std::size_t values = 1;  // Of its places.
    // The next `limit` rows after `place`.
    std::function<Result<Rows>(Place const& after, std::int64_t limit)> rows;
    std::function<Place(Rows const&)> place;
    // True when the current row and all later ones do not belong to the stretch. May be empty.
    std::function<bool(Rows const&)> ends = {};
};

// Rows in falling order of the id in their first column: `sql` names the upper bound of the id $1,
// the limit $2, and the keys from $3 on.
template <class... Keys>
[[nodiscard]] Stretch newest_first(Session& session, std::string_view name, std::string_view sql,
                                   Keys... keys) {
    Stretch stretch{.name = name};
    stretch.rows = [&session, sql, keys...](Place const& after,
                                            std::int64_t limit) -> Result<Rows> {
        TRY_ASSIGN(auto const before,
                   number_at(after, 0, std::numeric_limits<std::int64_t>::max()));
        return session.query(sql, before, limit, keys...);
    };
    stretch.place = [](Rows const& row) { return Place{std::to_string(row.number(0))}; };
    return stretch;
}

// Where a list goes on.
struct Resumption {
    std::size_t stretch = 0;
    Place after;
};
// Errc::invalid when the cursor is of none of the stretches.
[[nodiscard]] Result<Resumption> resumption(std::span<Stretch const> stretches, PageAsk const& ask);
[[nodiscard]] std::string cursor_at(Stretch const& stretch, Place const& after);

// The next rows of a stretch.
template <class T>
struct Batch {
    struct Row {
        Place place;
        std::optional<T> item;  // Nothing when the filter does not accept the row.
    };
    std::vector<Row> rows;
    bool is_last = false;  // No rows follow.
};
template <class T, class Read>
[[nodiscard]] Result<Batch<T>> next_batch(Stretch const& stretch, Place const& after,
                                          std::int64_t limit, Read const& read) {
    Batch<T> batch;
    TRY_ASSIGN(auto rows, stretch.rows(after, limit));
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more || (stretch.ends && stretch.ends(rows))) break;
        TRY_ASSIGN(auto item, read(rows));
        batch.rows.push_back({stretch.place(rows), std::move(item)});
    }
    batch.is_last = std::ssize(batch.rows) < limit;
    return batch;
}

// A page of a list that consists of these stretches, one after the other. `read(Rows const&)` makes
// a Result<std::optional<T>> of the current row: nothing when the filter does not accept it.
// `keep(T const&)` is a further Result<bool> filter, which may use the session. At most ask.looks
// rows are looked at. The first batch is as long as the page, later ones are longer.
template <class T, class Read, class Keep>
[[nodiscard]] Result<Page<T>> page_of_stretches(std::span<Stretch const> stretches,
                                                PageAsk const& ask, Read const& read,
                                                Keep const& keep) {
    constexpr std::int64_t growth = 4;
    TRY_ASSIGN(auto here, resumption(stretches, ask));
    Page<T> page;
    auto size = ask.limit + 1;
    for (; here.stretch < stretches.size(); size *= growth) {
        auto const& stretch = stretches[here.stretch];
        auto const limit = std::min(size, ask.looks - page.looked);
        if (limit <= 0) {
            page.next = cursor_at(stretch, here.after);
            return page;
        }
        TRY_ASSIGN(auto batch, next_batch<T>(stretch, here.after, limit, read));
        for (auto& row : batch.rows) {
            if (std::ssize(page.items) >= ask.limit) {
                page.next = cursor_at(stretch, here.after);
                return page;
            }
            here.after = std::move(row.place);
            ++page.looked;
            if (!row.item) continue;
            TRY_ASSIGN(bool const kept, keep(*row.item));
            if (kept) page.items.push_back(*std::move(row.item));
        }
        if (!batch.is_last) continue;
        ++here.stretch;
        here.after.clear();
    }
    return page;
}
template <class T, class Read>
[[nodiscard]] Result<Page<T>> page_of_stretches(std::span<Stretch const> stretches,
                                                PageAsk const& ask, Read const& read) {
    return page_of_stretches<T>(stretches, ask, read,
                                [](T const&) -> Result<bool> { return true; });
}

}  // namespace updraft::sqlstore
