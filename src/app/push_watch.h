// What an operator should know of pushes: receivers that take nothing, and results that wait.
//
// Lives here: the last look at them, and the sentence that /readyz answers.
// Not here:   when it looks (app/steps.h), figures of the outbox (app/measures.h), who is told what
//             (push/).
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
    static constexpr std::size_t states = 5;
    std::array<std::int64_t, states> receivers{};  // Apps by access::PushState.
    std::optional<Instant> oldest_result;          // That is not delivered yet.

    [[nodiscard]] std::int64_t in(access::PushState state) const {
        return receivers[static_cast<std::size_t>(state)];
    }
};

// Empty when there is nothing to worry about. A result that is younger than a minute is none.
[[nodiscard]] std::string push_hint(PushSight const& sight, Instant now);

// Safe to use from any thread.
class PushWatch {
public:
    // Bounded work: a look at each app and at the messages that are due the longest.
    [[nodiscard]] Result<void> look(Store& store);
    [[nodiscard]] PushSight sight() const;

private:
    mutable std::mutex mutex_;
    PushSight sight_;
};

}  // namespace updraft::app
