#include "cli/text_width.h"

#include <utf8proc.h>

#include <algorithm>

#include "text/utf8.h"

namespace updraft::cli {
namespace {

constexpr std::string_view dots = "..";

struct Cluster {
    std::size_t bytes = 0;
    std::size_t columns = 0;
};

std::size_t width_of(std::uint32_t code_point) {
    return static_cast<std::size_t>(
        std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(code_point))));
}

// The cluster at the front of `text`, which must not be empty.
Cluster first_cluster(std::string_view text) {
    Cluster cluster;
    utf8proc_int32_t state = 0;
    utf8proc_int32_t before = 0;
    while (cluster.bytes < text.size()) {
        auto const character = text::first_character(text.substr(cluster.bytes));
        auto const point = static_cast<utf8proc_int32_t>(character.code_point);
        if (cluster.bytes > 0 && utf8proc_grapheme_break_stateful(before, point, &state)) break;
        cluster.bytes += std::max<std::size_t>(character.bytes, 1);
        cluster.columns += width_of(character.code_point);
        before = point;
    }
    cluster.columns = std::min<std::size_t>(cluster.columns, 2);
    return cluster;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        auto const cluster = first_cluster(text);
        columns += cluster.columns;
        text.remove_prefix(cluster.bytes);
    }
    return columns;
}

std::string cut_to_columns(std::string_view text, std::size_t most) {
    if (columns_of(text) <= most) return std::string(text);
    auto const behind = most < 3 ? std::string_view{} : dots;
    auto room = most - behind.size();
    std::size_t bytes = 0;
    while (true) {
        auto const cluster = first_cluster(text.substr(bytes));
        if (cluster.columns > room) break;
        room -= cluster.columns;
        bytes += cluster.bytes;
    }
    return std::string(text.substr(0, bytes)) + std::string(behind);
}

}  // namespace updraft::cli
