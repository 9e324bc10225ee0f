// One page of a list: where it starts, how long it is, and the cursor of the next page.
//
// Lives here: the request and the answer that all lists of the store use.
//
// Not here:   how a cursor is written in an HTTP answer (admin/answer.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace updraft {

// A page looks at this number of rows at most, however few of them a filter accepts.
inline constexpr std::int64_t page_looks_max = 5'000;

// `after` is a cursor: the `next` of the previous page. Only the table that made it can read it.
struct PageAsk {
    std::optional<std::string> after;
    std::int64_t limit = 50;
    std::int64_t looks = page_looks_max;  // Rows that may be looked at.
};

// It may have fewer items than the limit, even none, and still have a next page.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next;  // Absent on the last page.
    std::int64_t looked = 0;          // Rows that were looked at; 0 when all of them are items.
};

}  // namespace updraft
