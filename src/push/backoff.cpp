#include "push/backoff.h"

#include <algorithm>

#include "text/http_date.h"
#include "text/whole_number.h"

namespace updraft::push {
Millis pause_after(RetryRules const& rules, std::int64_t failures, Jitter jitter) {
    auto const last = static_cast<std::int64_t>(rules.schedule.size()) - 1;
    auto const nth = std::clamp<std::int64_t>(failures - 1, 0, last);
    auto const pause = rules.schedule[static_cast<std::size_t>(nth)].count();
    // 80 % … 120 %.
    return Millis{pause * 8 / 10 + pause * 4 / 10 * jitter.ten_thousandths / 10'000};
}

AttemptOutcome after_failure(RetryRules const& rules, Failure const& failure, Jitter jitter) {
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
    if (text::is_digits(text)) {
        // More than ten digits (three centuries) could overflow and are read as one year; callers
        // shorten both to their own limit.
        if (text.size() > 10) return std::chrono::hours{24 * 365};
        return std::chrono::seconds{text::read_digits(text).value_or(0)};
    }
    auto const read = text::read_http_date(text);
    if (!read) return std::nullopt;
    Instant const date{std::chrono::duration_cast<Millis>(read->time_since_epoch()).count()};
    if (date <= now) return std::nullopt;
    return date - now;
}

}  // namespace updraft::push
