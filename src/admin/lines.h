// Splits a stream into lines. At most line_bytes_max bytes are kept between two pieces.
//
// Lives here: line ends, blank lines, lines that are too long, and a byte order mark at the start.
//
// Not here:   the content of a line (admin/import.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updraft::admin {

inline constexpr std::size_t line_bytes_max = 64 * 1024;

struct Line {
    std::int64_t number = 0;          // From 1. Blank lines are counted but not answered.
    std::optional<std::string> text;  // Absent when the line is longer than line_bytes_max.
};

// Used by one thread.
class LineCutter {
public:
    // Appends the lines that end in `piece` to `lines`, in order.
    void feed(std::string_view piece, std::vector<Line>& lines);
    // Call after the last piece: appends a last line that has no line end.
    void finish(std::vector<Line>& lines);

private:
    void take(std::string_view part);
    void end_line(std::vector<Line>& lines);

    std::string held_;
    bool too_long_ = false;
    std::int64_t number_ = 1;
};

}  // namespace updraft::admin
