#include "cli/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <utility>

#include "text/clean_text.h"

namespace updraft::cli {
namespace {

constexpr std::int64_t cells = 20;

// "999 B", "1.0 KiB".
std::string in_units(std::int64_t bytes) {
    static constexpr std::array<std::string_view, 4> units{" KiB", " MiB", " GiB", " TiB"};
    if (bytes < 1024) return std::to_string(bytes) + " B";
    std::size_t unit = 0;
    std::int64_t size = 1024;
    while (unit + 1 < units.size() && bytes / 1024 >= size) {
        size *= 1024;
        ++unit;
    }
    auto const tenths = bytes / (size / 32) * 10 / 32;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) +
           std::string(units[unit]);
}

// "8 s", "2 min 5 s", "1 h 0 min".
std::string in_time(std::int64_t seconds) {
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds < 3600) {
        return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
    }
    return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min";
}

}  // namespace

std::string progress_text(std::string_view name, Sent const& sent) {
    auto text = text::escaped(name) + "  ";
    auto const rate = ", " + in_units(sent.bytes_per_second) + "/s";
    if (sent.total <= 0) return text + in_units(sent.bytes) + rate;
    auto const bytes = std::clamp(sent.bytes, std::int64_t{0}, sent.total);
    auto const share = static_cast<double>(bytes) / static_cast<double>(sent.total);
    auto const full = static_cast<std::size_t>(share * cells);
    text += "[" + std::string(full, '#') + std::string(cells - full, '-') + "]  " +
            std::to_string(static_cast<int>(share * 100)) + " %, " + in_units(bytes) + " of " +
            in_units(sent.total) + rate;
    if (sent.bytes_per_second <= 0) return text;
    auto const left = sent.total - bytes;
    auto const seconds = (left + sent.bytes_per_second - 1) / sent.bytes_per_second;
    return text + ", ends in " + in_time(seconds);
}

ProgressBar::ProgressBar(std::string name)
    : name_(std::move(name)), visible_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    if (drawn_) std::cerr << "\r\x1b[K" << std::flush;
}

void ProgressBar::draw(Sent const& sent) {
    if (!visible_) return;
    std::cerr << "\r\x1b[K" << progress_text(name_, sent) << std::flush;
    drawn_ = true;
}

}  // namespace updraft::cli
