// Removes an app in two parts: the app itself immediately, its messages later in several steps.
//
// Lives here: both parts.
//
// Not here:   when the second part runs (push/record.h, for the sweep of the outbox).
#pragma once

#include "access/actor.h"
#include "ports/store.h"
#include "push/removed_apps.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::usecases {

// The first part: from this commit on the app cannot call and gets no messages; its grants and
// tokens are removed. Errc::not_found.
[[nodiscard]] Result<void> remove_app(Tx& tx, access::Actor const& actor, AppId const& appid,
                                      Instant now);

// The second part: removes its messages, announcement walks and receiver. True while there is more
// to remove. Safe to use from any thread.
class RemovedAppsClearance final : public push::RemovedApps {
public:
    [[nodiscard]] Result<bool> clear(Tx& tx, AppId const& appid, std::int64_t limit) const override;
};

}  // namespace updraft::usecases
