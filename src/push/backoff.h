// When a message is tried again.
//
// Lives here: the schedule as data, and the rule that gives up.
// Not here:   what counts as a failure (push/acknowledge.h), recording it (push/record.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "push/delivery.h"

#include "ports/deliveries_table.h"

namespace updraft::push {

// Configuration [push], as far as trying again needs it.
struct RetryRules {
    // The pause after the n-th failure; the last one repeats. Never empty.
    std::vector<Millis> schedule{std::chrono::seconds{5},  std::chrono::seconds{30},
                                 std::chrono::minutes{2},  std::chrono::minutes{10},
                                 std::chrono::minutes{30}, std::chrono::hours{1},
                                 std::chrono::hours{2},    std::chrono::hours{4}};
    Millis give_up_after = std::chrono::hours{72};
    Millis progress_life = std::chrono::seconds{60};  // Progress is a live signal.
    Millis retry_after_max = std::chrono::hours{1};   // A longer Retry-After counts as this.
};

// Chance, minted by the caller: any of 0…9,999, each equally likely.
struct Jitter {
    std::uint32_t ten_thousandths = 5'000;
};

struct Failure {
    MsgType type = MsgType::result;
    std::int64_t tries = 0;  // Before this one.
    Instant since;           // When the message was written, or replayed.
    Instant at;              // When the attempt ended.
    std::optional<Millis> retry_after;
};

// The pause after `failures` failures in a row (1 is the first), ±20 %.
[[nodiscard]] Millis pause_after(RetryRules const& rules, std::int64_t failures, Jitter jitter);

// What becomes of a message whose attempt failed: tried again not before its pause and Retry-After
// are over; but never when it is too old by then.
[[nodiscard]] Fate after_failure(RetryRules const& rules, Failure const& failure, Jitter jitter);

// A Retry-After as it came: seconds, or an HTTP date (RFC 9110 §10.2.3). Nothing when it is
// neither, or lies in the past.
[[nodiscard]] std::optional<Millis> read_retry_after(std::string_view text, Instant now);

}  // namespace updraft::push
