// The column with the tags of a device.
//
// Lives here: writing it, and reading it.
// Not here:   which words are tags (fleet/tag.h).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace updraft::sqlstore {

// Words between blanks.
[[nodiscard]] inline std::vector<std::string> read_tags(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

[[nodiscard]] inline std::string tags_text(std::vector<std::string> const& tags) {
    std::string text;
    for (auto const& tag : tags) (text += text.empty() ? "" : " ") += tag;
    return text;
}

}  // namespace updraft::sqlstore
