// One page of a list: where it starts, how long it is, and how the next one is asked for.
//
// Lives here: the shape that every list of the store answers with.
// Not here:   how a cursor is written on a wire (admin/paging).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace updraft {

// `after` is opaque to everybody but the table that made it.
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
