// A table of texts for people, page by page.
//
// Lives here: the widths of columns, and making them fit a terminal.
//
// Not here:   which texts are in it (cli/show.h), how wide a text is (cli/text_width.h), how wide
//             the terminal is (cli/terminal.h).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace updraft::cli {

using Row = std::vector<std::string>;

// Without a limit columns are as wide as their widest cell so far. With one, no line is wider than
// it: the widest cells are cut first, and columns on the right that would have less than ten
// columns of the terminal are left out, which ".." at the end of the headings says. For one thread.
class Table {
public:
    // `columns_max` is the limit; 0: none. All texts must be safe (text::escaped).
    Table(Row headings, std::size_t columns_max);

    // The rows as lines, the first time below the headings. Each row has a text for each heading.
    [[nodiscard]] std::string page(std::vector<Row> const& rows);

private:
    void measure(Row const& row);
    void leave_out_columns();
    [[nodiscard]] std::vector<std::size_t> fitting() const;
    [[nodiscard]] std::string line(Row const& row, std::vector<std::size_t> const& widths) const;

    Row headings_;
    std::size_t columns_max_;
    std::vector<std::size_t> widest_;
    std::size_t shown_;  // So many columns, from the left.
    bool begun_ = false;
};

}  // namespace updraft::cli
