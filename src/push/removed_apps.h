// Removes the rows of apps that were removed.
//
// Lives here: the interface that the cleaning of the outbox calls.
//
// Not here:   its implementation (usecases/remove_app.h), the cleaning (push/record.h).
#pragma once

#include <cstdint>

#include "ports/store.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace updraft::push {

// Safe to use from any thread.
class RemovedApps {
public:
    virtual ~RemovedApps() = default;
    // Removes at most `limit` messages of an app that does not exist any more, and its other rows
    // when no messages are left. True when rows may be left: call again.
    [[nodiscard]] virtual Result<bool> clear(Tx& tx, AppId const& appid,
                                             std::int64_t limit) const = 0;
};

}  // namespace updraft::push
