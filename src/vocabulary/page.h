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

// `after` is a cursor: the `next` of the previous page. Only the table that made it can read it.
struct PageAsk {
    std::optional<std::string> after;
    std::int64_t limit = 50;
};

template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next;  // Absent on the last page.
};

}  // namespace updraft
