// Decides when a message whose attempt failed is tried again.
//
// Lives here: the retry schedule, and the rule by which a message is given up.
//
// Not here:   what counts as a failure (push/acknowledge.h), recording it (push/record.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "push/delivery.h"

#include "ports/deliveries_table.h"

namespace updraft::push {

// The settings in [push] that concern retries.
struct RetryRules {
    // The pause after the n-th failure; the last one repeats. Never empty.
    std::vector<Millis> schedule{std::chrono::seconds{5},  std::chrono::seconds{30},
                                 std::chrono::minutes{2},  std::chrono::minutes{10},
                                 std::chrono::minutes{30}, std::chrono::hours{1},
                                 std::chrono::hours{2},    std::chrono::hours{4}};
    Millis give_up_after = std::chrono::hours{72};
    Millis progress_life = std::chrono::seconds{60};  // An older progress is dropped.
    Millis retry_after_max = std::chrono::hours{1};   // A longer Retry-After counts as this.
};

// A random number of 0…9,999, each equally likely; the caller draws it.
struct Jitter {
    std::uint32_t ten_thousandths = 5'000;
};

struct Failure {
    MsgType type = MsgType::result;
    std::int64_t tries = 0;  // Attempts before this one.
    Instant since;           // When the message was written, or replayed.
    Instant at;              // When the attempt ended.
    std::optional<Millis> retry_after;
};

// The pause after `failures` failures in a row (1 is the first), ±20 %.
[[nodiscard]] Millis pause_after(RetryRules const& rules, std::int64_t failures, Jitter jitter);

// What happens to a message whose attempt failed: it is tried again after the longer one of its
// pause and Retry-After. If it is too old by then, it becomes a dead letter; a progress message is
// dropped.
[[nodiscard]] AttemptOutcome after_failure(RetryRules const& rules, Failure const& failure,
                                           Jitter jitter);

// Reads the value of Retry-After: seconds, or an HTTP date (RFC 9110 §10.2.3). Nothing when it is
// neither, or a date in the past.
[[nodiscard]] std::optional<Millis> read_retry_after(std::string_view text, Instant now);

}  // namespace updraft::push
