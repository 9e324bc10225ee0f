// Refused calls of known operators: the first is a row of the audit at once, the same refusal in
// the rest of its minute is counted, and is one row at the minute's end.
//
// Lives here: the counting.
//
// Not here:   which calls are refused (admin/admit.h), writing the rows at the end of a
//             minute (app/periodic/audit_tasks.h).
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/audit_table.h"

namespace updraft::audit {

// A refused call as an entry; `reason` is its effect.
[[nodiscard]] AuditEntry denied(access::Actor actor, std::string reason, Instant now);

// Safe to use from any thread.
class Denials {
public:
    static constexpr Millis period = std::chrono::minutes{1};
    // Different refusals that are counted at a time. Above it refusals from different addresses are
    // counted together, without an address.
    static constexpr std::size_t kept_max = 10'000;

    // The entry, when it is to be written now; nothing when it was counted.
    [[nodiscard]] std::optional<AuditEntry> count(AuditEntry entry);
    // The rows of the periods that have ended at `now`. All rows that wait, when `now` is absent.
    [[nodiscard]] std::vector<AuditEntry> take(std::optional<Instant> now);

private:
    struct Counted {
        Instant began;
        AuditEntry last;
        std::int64_t times = 0;  // After the first.
    };

    std::mutex mutex_;
    std::map<std::string, Counted> counted_;  // By actor, address, action and reason.
};

}  // namespace updraft::audit
