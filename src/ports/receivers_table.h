// What is known of each app's receiver of pushes beside its state.
//
// Lives here: what the domain asks of it.
// Not here:   what follows from it (push/receiver.h), the state itself (access/app.h), the SQL
//             (sqlstore/tables/receivers_rows.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft {

// What is known of an app's receiver beside its pushState.
struct Receiver {
    AppId appid;
    std::string url;                // What all of this is about; another URL starts afresh.
    std::int64_t failures = 0;      // Failed attempts in a row.
    std::optional<Instant> due_at;  // When it is verified or probed next; absent: only on request.
    Millis pause{0};                // Between the last probe and the next; doubles.
};

class ReceiversTable {
public:
    virtual ~ReceiversTable() = default;

    // Errc::not_found when nothing is known.
    [[nodiscard]] virtual Result<Receiver> find(AppId const& appid) const = 0;
    // Receivers to be verified or probed now, the longest due first.
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
