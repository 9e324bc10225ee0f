// Rows of push receivers: the state of each app's receiver, in addition to its pushState.
//
// Lives here: the interface that the domain uses.
// Not here:   the rules (push/receiver.h), pushState (access/app.h), the SQL
//             (sqlstore/tables/receivers_rows.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft {

// The state of an app's receiver, in addition to its pushState.
struct Receiver {
    AppId appid;
    std::string url;                // The other values are reset when the URL changes.
    std::int64_t failures = 0;      // Failed attempts in a row.
    std::optional<Instant> due_at;  // Next verification or probe; absent: on request only.
    Millis pause{0};                // From the last probe to the next one; doubles.
};

class ReceiversTable {
public:
    virtual ~ReceiversTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<Receiver> find(AppId const& appid) const = 0;
    // Receivers to be verified or probed now, the earliest due time first.
    [[nodiscard]] virtual Result<std::vector<Receiver>> due(Instant now,
                                                            std::int64_t limit) const = 0;
    // The earliest time after `now` at which one becomes due.
    [[nodiscard]] virtual Result<std::optional<Instant>> next_due(Instant now) const = 0;

    virtual Result<void> put(Receiver const& receiver) = 0;
    virtual Result<void> remove(AppId const& appid) = 0;
    // As OutboxTable::pull_in().
    virtual Result<std::int64_t> pull_in(Instant horizon, Instant now) = 0;
};

}  // namespace updraft
