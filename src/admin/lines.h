// Cuts a stream into lines without ever holding more than one long line.
//
// Lives here: line ends, blank lines, and lines that are too long.
// Not here:   what stands in a line (admin/import.h).
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
    std::int64_t number = 0;          // From 1; blank lines are counted, but not given out.
    std::optional<std::string> text;  // Absent when the line was too long.
};

// Used by one thread.
class LineCutter {
public:
    // Lines that ended in `piece`, in order, are appended to `lines`.
    void feed(std::string_view piece, std::vector<Line>& lines);
    // The last line needs no end.
    void finish(std::vector<Line>& lines);

private:
    void take(std::string_view part);
    void end_line(std::vector<Line>& lines);

    std::string held_;
    bool too_long_ = false;
    std::int64_t number_ = 1;
};

}  // namespace updraft::admin
