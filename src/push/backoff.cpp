#include "push/backoff.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace updraft::push {
namespace {

std::optional<int> number(std::string_view text) {
    int value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that senders may still use.
std::optional<Instant> read_http_date(std::string_view text) {
    static constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || !text.ends_with(" GMT") || text.substr(3, 2) != ", ") {
        return std::nullopt;
    }
    auto const month = std::ranges::find(months, text.substr(8, 3));
    auto const day = number(text.substr(5, 2));
    auto const year = number(text.substr(12, 4));
    if (month == months.end() || !day || !year) return std::nullopt;
    auto const nth = static_cast<unsigned>(month - months.begin()) + 1;
    auto const date = written(Day{std::chrono::year{*year}, std::chrono::month{nth},
                                  std::chrono::day{static_cast<unsigned>(*day)}});
    return read_rfc3339(date + "T" + std::string(text.substr(17, 8)) + "Z");
}

}  // namespace

Millis pause_after(RetryRules const& rules, std::int64_t failures, Jitter jitter) {
    auto const last = static_cast<std::int64_t>(rules.schedule.size()) - 1;
    auto const nth = std::clamp<std::int64_t>(failures - 1, 0, last);
    auto const pause = rules.schedule[static_cast<std::size_t>(nth)].count();
    // 80 % … 120 %.
    return Millis{pause * 8 / 10 + pause * 4 / 10 * jitter.ten_thousandths / 10'000};
}

Fate after_failure(RetryRules const& rules, Failure const& failure, Jitter jitter) {
    auto pause = pause_after(rules, failure.tries + 1, jitter);
    if (failure.retry_after) {
        pause = std::max(pause, std::min(*failure.retry_after, rules.retry_after_max));
    }
    auto const again = failure.at + pause;
    bool const progress = failure.type == MsgType::progress;
    auto const life = progress ? rules.progress_life : rules.give_up_after;
    if (again < failure.since + life) return TryAgain{again};
    if (progress) return Dropped{};
    return Dead{};
}

std::optional<Millis> read_retry_after(std::string_view text, Instant now) {
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) {
        // Ten digits are three centuries: more than any caller honours, and no overflow.
        if (text.size() > 10) return std::chrono::hours{24 * 365};
        std::int64_t seconds = 0;
        std::from_chars(text.data(), text.data() + text.size(), seconds);
        return std::chrono::seconds{seconds};
    }
    auto const date = read_http_date(text);
    if (!date || *date <= now) return std::nullopt;
    return *date - now;
}

}  // namespace updraft::push
