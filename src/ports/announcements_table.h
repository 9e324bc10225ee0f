// Rows of announcements: new releases that apps must still be notified of, and the notices that
// apps already got.
//
// Lives here: the interface that the domain uses.
// Not here:   walking over the devices of an app (push/announce.h), the SQL
//             (sqlstore/tables/announcements_rows.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "push/announcement.h"
#include "vocabulary/result.h"

namespace updraft {

class AnnouncementsTable {
public:
    virtual ~AnnouncementsTable() = default;

    // Announcements that have no walks yet, in order of release, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<push::Announcement>> opened(
        std::int64_t limit) const = 0;
    // Walks in progress, in order of release, position and app, at most `limit`. So walks at the
    // same position are next to each other.
    [[nodiscard]] virtual Result<std::vector<push::Walk>> walks(std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<bool> told(AppId const& appid, Did const& did,
                                            Version const& version) const = 0;

    // Records that a release must be announced, or its withdrawal. No effect if it is recorded
    // already.
    virtual Result<void> open(push::Announcement const& announcement) = 0;
    // Replaces the announcement by one walk for each of these apps.
    virtual Result<void> begin(push::Announcement const& announcement,
                               std::vector<AppId> const& apps) = 0;
    virtual Result<void> advance(push::Walk const& walk, std::string const& next) = 0;
    virtual Result<void> finish(push::Walk const& walk) = 0;
    // Removes the announcement and the walks of a release.
    virtual Result<void> stop(ReleaseId release) = 0;

    // Records that this app was notified of this version for this device. False when that was
    // recorded before.
    virtual Result<bool> tell(AppId const& appid, Did const& did, Version const& version,
                              Instant now) = 0;
    // Removes that record: the notice was not sent.
    virtual Result<void> untell(AppId const& appid, Did const& did, Version const& version) = 0;
    // Removes what was recorded about a removed device, so that apps are notified again about a new
    // device with the same did.
    virtual Result<void> forget(Did const& did) = 0;
    // Removes the walks of a removed app. Records of its notices stay until their devices are
    // removed; an appid is never used again.
    virtual Result<void> forget_app(AppId const& appid) = 0;
};

}  // namespace updraft
