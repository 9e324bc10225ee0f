// The known word that is nearest to a mistyped one.
//
// Lives here: counting the edits between two words, and choosing a word.
//
// Not here:   which words are known (cli/syntax.h).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace updraft::text {

// The fewest edits that make `a` to `b`: a byte is added, removed or replaced, or two neighbours
// are swapped; a byte is edited once at most.
[[nodiscard]] std::size_t edits_between(std::string_view a, std::string_view b);

// The word of `known` with the fewest edits, the first of several. Nothing when that takes more
// edits than a third of `word` has bytes, and more than one.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<std::string const> known);

}  // namespace updraft::text
