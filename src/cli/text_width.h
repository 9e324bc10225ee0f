// How many columns of a terminal a text takes.
//
// Lives here: measuring and cutting a text between what readers take for characters, by the widths
//             and clusters of Unicode (utf8proc).
//
// Not here:   tables (cli/table.h), making a text safe (text/clean_text.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace updraft::cli {

// East Asian wide characters and emojis take two columns, marks that are put on the character
// before none, and a cluster of several code points (a family of emojis, a flag, a decomposed
// Hangul syllable) at most two. Characters of ambiguous width take one. `text` must be safe
// (text::escaped).
[[nodiscard]] std::size_t columns_of(std::string_view text);

// The text, or its longest beginning between two clusters that takes at most `most` columns
// together with ".." behind it. With less than three columns there are no dots.
[[nodiscard]] std::string cut_to_columns(std::string_view text, std::size_t most);

}  // namespace updraft::cli
