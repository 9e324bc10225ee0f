// The rows of announcements: releases that apps must still be told of, and what they were told.
//
// Lives here: what the domain asks of them.
// Not here:   the walk (push/announce.h), the SQL (sqlstore/tables/announcements_rows.cpp).
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

    // Announcements whose walks have not begun, in order of release.
    [[nodiscard]] virtual Result<std::vector<push::Announcement>> opened(
        std::int64_t limit) const = 0;
    // Walks that have begun, in order of release, position and app, so that walks at the same
    // position are next to each other.
    [[nodiscard]] virtual Result<std::vector<push::Walk>> walks(std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<bool> told(AppId const& appid, Did const& did,
                                            Version const& version) const = 0;

    // A release has been published. Changes nothing when its announcement exists.
    virtual Result<void> open(push::Announcement const& announcement) = 0;
    // Replaces the announcement by a walk for each of these apps.
    virtual Result<void> begin(push::Announcement const& announcement,
                               std::vector<AppId> const& apps) = 0;
    virtual Result<void> advance(push::Walk const& walk, std::string const& next) = 0;
    virtual Result<void> finish(push::Walk const& walk) = 0;
    // The release was withdrawn: removes its announcement and walks.
    virtual Result<void> stop(ReleaseId release) = 0;

    // Records that this app was told of this version for this device; false when that was recorded
    // before.
    virtual Result<bool> tell(AppId const& appid, Did const& did, Version const& version,
                              Instant now) = 0;
    // The device was removed: apps are told again of a new one with the same did.
    virtual Result<void> forget(Did const& did) = 0;
    // The app was removed: removes its walks. What it was told is removed with the devices, since
    // no other app gets its appid.
    virtual Result<void> forget_app(AppId const& appid) = 0;
};

}  // namespace updraft
