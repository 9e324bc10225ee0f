#include "upgrade/progress.h"

#include <algorithm>

namespace updraft::upgrade {

std::optional<int> counted_percent(std::int64_t cnt, std::int64_t of) {
    if (of < counted_of_min || cnt < 0 || cnt > of) return std::nullopt;
    // Dividing first prevents an overflow with very large counts, where its rounding does not
    // matter.
    constexpr std::int64_t exact_max = 1'000'000'000'000'000;
    if (of > exact_max) return static_cast<int>(std::min<std::int64_t>(cnt / (of / 100), 100));
    return static_cast<int>(cnt * 100 / of);
}

std::optional<int> leading_percent(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return std::nullopt;
    text.remove_prefix(first);
    int percent = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        if (digits == 3) return std::nullopt;
        percent = percent * 10 + (text[digits] - '0');
        ++digits;
    }
    if (digits == 0 || digits == text.size() || text[digits] != '%' || percent > 100) {
        return std::nullopt;
    }
    return percent;
}

namespace {

bool says_complete(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.starts_with("Download complete");
}

}  // namespace

bool says_downloaded(Upgrade const& upgrade, std::vector<std::string> const& texts) {
    auto const phase = upgrade.state == State::cancelling ? upgrade.resume_state : upgrade.state;
    bool const percentage_tells = phase < State::downloaded && upgrade.bytes_served == 0;
    return std::ranges::any_of(texts, [&](std::string_view text) {
        return says_complete(text) || (percentage_tells && leading_percent(text));
    });
}

bool says_complete(std::vector<std::string> const& texts) {
    return std::ranges::any_of(texts, [](auto const& text) { return says_complete(text); });
}

int served_percent(std::int64_t served, std::int64_t bytes) {
    if (bytes <= 0 || served >= bytes) return served_percent_max;
    auto const percent =
        static_cast<double>(std::max<std::int64_t>(served, 0)) / static_cast<double>(bytes);
    return static_cast<int>(percent * served_percent_max);
}

std::optional<int> phase_percent(State state, int percent) {
    switch (state) {
        case State::downloaded:
            return served_percent_max;
        case State::installing:
            return std::clamp(percent + 1, served_percent_max + 1, unfinished_percent_max - 1);
        case State::verifying:
            return unfinished_percent_max;
        default:
            return std::nullopt;
    }
}

int install_percent(int own, int shown) {
    if (own >= shown) return own;
    return served_percent_max + own * (unfinished_percent_max - served_percent_max) / 100;
}

}  // namespace updraft::upgrade
