// Implements AnnouncementsTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/announcements_table.h), the columns
//             (schema/migrations/0005_push.sql).
#pragma once

#include "ports/announcements_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class AnnouncementsRows final : public AnnouncementsTable {
public:
    explicit AnnouncementsRows(Session& session) : session_(session) {}

    Result<std::vector<push::Announcement>> opened(std::int64_t limit) const override;
    Result<std::vector<push::Walk>> walks(std::int64_t limit) const override;
    Result<bool> told(AppId const& appid, Did const& did, Version const& version) const override;

    Result<void> open(push::Announcement const& announcement) override;
    Result<void> begin(push::Announcement const& announcement,
                       std::vector<AppId> const& apps) override;
    Result<void> advance(push::Walk const& walk, std::string const& next) override;
    Result<void> finish(push::Walk const& walk) override;
    Result<void> stop(ReleaseId release) override;

    Result<bool> tell(AppId const& appid, Did const& did, Version const& version,
                      Instant now) override;
    Result<void> untell(AppId const& appid, Did const& did, Version const& version) override;
    Result<void> forget(Did const& did) override;
    Result<void> forget_app(AppId const& appid) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
