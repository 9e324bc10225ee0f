// The settings in a text of libconfig, or of JSON, which looks enough like it.
//
// Lives here: walking through one, without a tree and without recursion.
// Not here:   which settings matter (firmware/images/swu.cpp).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace updraft::firmware::images {

// Tells each value with the names of the groups around it and its own name last; the elements of a
// list have the list's name. Stops where the text makes no sense.
void each_setting(
    std::string_view text,
    std::function<void(std::span<std::string const> names, std::string_view value)> const& found);

}  // namespace updraft::firmware::images
