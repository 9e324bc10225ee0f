// Reads the settings in a text of libconfig's format or in JSON, which is similar enough to be read
// in the same way.
//
// Lives here: walking through the text, without a tree and without recursion.
//
// Not here:   which settings are used (firmware/images/swu.cpp).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace updraft::firmware::images {

// Calls `found` for each value. `names` are the names of the enclosing groups, outermost first,
// then the value's own name; elements of a list have the list's name. Stops at the first syntax
// error.
void each_setting(
    std::string_view text,
    std::function<void(std::span<std::string const> names, std::string_view value)> const& found);

}  // namespace updraft::firmware::images
