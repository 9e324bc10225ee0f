// The rows of announcements: releases that apps are still to be told of, and what they were told.
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

    // Announcements whose walks were not begun yet, in order of release.
    [[nodiscard]] virtual Result<std::vector<push::Announcement>> opened(
        std::int64_t limit) const = 0;
    // Walks under way, by release, position and app: those that can go together are neighbours.
    [[nodiscard]] virtual Result<std::vector<push::Walk>> walks(std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<bool> told(AppId const& appid, Did const& did,
                                            Version const& version) const = 0;

    // A release has been published: somebody will walk. Nothing happens when it is there already.
    virtual Result<void> open(push::Announcement const& announcement) = 0;
    // One walk for each app takes its place.
    virtual Result<void> begin(push::Announcement const& announcement,
                               std::vector<AppId> const& apps) = 0;
    virtual Result<void> advance(push::Walk const& walk, std::string const& next) = 0;
    virtual Result<void> finish(push::Walk const& walk) = 0;
    // The release was withdrawn: nobody is told of it any more.
    virtual Result<void> stop(ReleaseId release) = 0;

    // Remembers that this app was told of this version for this device; false when it was already.
    virtual Result<bool> tell(AppId const& appid, Did const& did, Version const& version,
                              Instant now) = 0;
    // The device is gone: apps may be told anew of one of the same name.
    virtual Result<void> forget(Did const& did) = 0;
    // An app is gone: its walks end. What it was told goes with the devices: no other app will ever
    // have its appid.
    virtual Result<void> forget_app(AppId const& appid) = 0;
};

}  // namespace updraft
