#include "text/nearest.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace updraft::text {

std::size_t edits_between(std::string_view a, std::string_view b) {
    // Each row has the edits between the first i bytes of `a` and the first j bytes of `b`.
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before_last, last);
        std::swap(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const replaced = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + replaced});
            bool const swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

std::optional<std::string> nearest(std::string_view word, std::span<std::string const> known) {
    auto fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
    std::optional<std::string> found;
    for (auto const& candidate : known) {
        auto const edits = edits_between(word, candidate);
        if (edits >= fewest) continue;
        fewest = edits;
        found = candidate;
    }
    return found;
}

}  // namespace updraft::text
