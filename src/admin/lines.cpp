#include "admin/lines.h"

#include <utility>

namespace updraft::admin {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

void LineCutter::feed(std::string_view piece, std::vector<Line>& lines) {
    for (;;) {
        auto const end = piece.find('\n');
        take(piece.substr(0, end));
        if (end == std::string_view::npos) return;
        end_line(lines);
        piece.remove_prefix(end + 1);
    }
}

void LineCutter::finish(std::vector<Line>& lines) { end_line(lines); }

void LineCutter::take(std::string_view part) {
    if (too_long_) return;
    if (held_.size() + part.size() > line_bytes_max) {
        too_long_ = true;
        held_.clear();
        return;
    }
    held_ += part;
}

void LineCutter::end_line(std::vector<Line>& lines) {
    if (number_ == 1 && held_.starts_with(byte_order_mark)) held_.erase(0, byte_order_mark.size());
    if (too_long_) {
        lines.push_back({number_, std::nullopt});
    } else if (held_.find_first_not_of(" \t\r") != std::string::npos) {
        lines.push_back({number_, std::exchange(held_, {})});
    }
    held_.clear();
    too_long_ = false;
    ++number_;
}

}  // namespace updraft::admin
