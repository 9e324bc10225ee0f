// Observes pushes for operators: receivers that get no messages, and results that wait.
//
// Lives here: the figures that were read last, and the sentence in the answer of /readyz.
//
// Not here:   when they are read (app/periodic/tasks.h), their metrics (app/watch/measures.h),
//             sending (push/).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "access/app.h"
#include "ports/store.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::app {

struct PushSight {
    // Apps that are not disabled, by access::PushState.
    std::array<std::int64_t, access::push_state_words.size()> receivers{};
    std::optional<Instant> oldest_result;  // When the oldest undelivered one was written.

    [[nodiscard]] std::int64_t in(access::PushState state) const {
        return receivers[static_cast<std::size_t>(state)];
    }
};

// Empty when there is nothing to report. Results younger than a minute are not reported.
[[nodiscard]] std::string push_hint(PushSight const& sight, Instant now);

// Safe to use from any thread.
class PushWatch {
public:
    // Reads each app, and the messages that have been due for longest: a bounded number of rows.
    [[nodiscard]] Result<void> look(Store& store);
    [[nodiscard]] PushSight sight() const;

private:
    mutable std::mutex mutex_;
    PushSight sight_;
};

}  // namespace updraft::app
