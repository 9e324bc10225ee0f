#include "firmware/looks_older.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "text/whole_number.h"
#include "vocabulary/version_spelling.h"

namespace updraft::firmware {
namespace {

// Nothing for a version that is anything else. Zeros at the end say nothing: 1.2 is 1.2.0.
std::optional<std::vector<std::int64_t>> dotted_numbers(Version const& version) {
    auto text = bare_version(version.value);
    std::vector<std::int64_t> numbers;
    while (true) {
        auto const dot = std::min(text.find('.'), text.size());
        auto const number = text::read_digits(text.substr(0, dot));
        if (!number) return std::nullopt;
        numbers.push_back(*number);
        if (dot == text.size()) break;
        text.remove_prefix(dot + 1);
    }
    while (!numbers.empty() && numbers.back() == 0) numbers.pop_back();
    return numbers;
}

}  // namespace

bool looks_older(Version const& version, Version const& newest) {
    auto const mine = dotted_numbers(version);
    auto const other = dotted_numbers(newest);
    return mine && other && *mine < *other;
}

}  // namespace updraft::firmware
