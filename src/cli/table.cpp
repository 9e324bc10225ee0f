#include "cli/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/text_width.h"

namespace updraft::cli {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t useful_width = 10;  // A cell that is cut to less says too little.
constexpr std::size_t id_width = 26;      // The first column holds ids, such as a ULID.
constexpr std::string_view more_columns = "..";

std::size_t with_gaps(std::vector<std::size_t> const& widths) {
    return std::accumulate(widths.begin(), widths.end(), (widths.size() - 1) * gap);
}

// Narrows the widest column until all fit. The first column, which names the item, comes last.
void narrow(std::vector<std::size_t>& widths, std::size_t room) {
    for (auto& width : widths) width = std::min(width, room);
    for (auto sum = with_gaps(widths); sum > room; --sum) {
        auto widest = std::max_element(widths.begin() + 1, widths.end());
        if (widest == widths.end() || *widest <= 1) widest = widths.begin();
        if (*widest <= 1) return;
        --*widest;
    }
}

}  // namespace

Table::Table(Row headings, std::size_t columns_max)
    : headings_(std::move(headings)),
      columns_max_(columns_max),
      widest_(headings_.size(), 0),
      shown_(headings_.size()) {
    measure(headings_);
}

void Table::measure(Row const& row) {
    for (std::size_t i = 0; i < row.size() && i < widest_.size(); ++i) {
        widest_[i] = std::max(widest_[i], columns_of(row[i]));
    }
}

void Table::leave_out_columns() {
    auto const least = [this](std::size_t count) {
        std::vector<std::size_t> widths(widest_.begin(),
                                        widest_.begin() + static_cast<std::ptrdiff_t>(count));
        for (std::size_t i = 0; i < count; ++i) {
            widths[i] = std::min(widths[i], i == 0 ? id_width : useful_width);
        }
        return with_gaps(widths) + (count < widest_.size() ? gap + more_columns.size() : 0);
    };
    while (shown_ > 1 && least(shown_) > columns_max_) --shown_;
}

std::vector<std::size_t> Table::fitting() const {
    std::vector<std::size_t> widths(widest_.begin(),
                                    widest_.begin() + static_cast<std::ptrdiff_t>(shown_));
    if (columns_max_ == 0 || widths.empty()) return widths;
    auto const taken = shown_ < widest_.size() ? gap + more_columns.size() : 0;
    narrow(widths, columns_max_ > taken ? columns_max_ - taken : 1);
    return widths;
}

std::string Table::line(Row const& row, std::vector<std::size_t> const& widths) const {
    std::string out;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        auto const text = columns_max_ == 0 ? row[i] : cut_to_columns(row[i], widths[i]);
        out += text;
        if (i + 1 < widths.size()) out.append(widths[i] + gap - columns_of(text), ' ');
    }
    return out;
}

std::string Table::page(std::vector<Row> const& rows) {
    for (auto const& row : rows) measure(row);
    auto const first = !std::exchange(begun_, true);
    if (first && columns_max_ > 0) leave_out_columns();
    auto const widths = fitting();
    std::string out;
    if (first) {
        out += line(headings_, widths);
        if (shown_ < headings_.size() && columns_max_ > more_columns.size() + gap + 1) {
            auto const end = with_gaps(widths) + gap;
            out.append(end - columns_of(out), ' ');
            out += more_columns;
        }
        out += '\n';
    }
    for (auto const& row : rows) out += line(row, widths) + '\n';
    return out;
}

}  // namespace updraft::cli
