#include "sqlstore/tables/announcements_rows.h"

#include "ports/store.h"

namespace updraft::sqlstore {

Result<std::vector<push::Announcement>> AnnouncementsRows::opened(std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT release_id, model, created_at FROM announcements "
                                         "WHERE release_id > 0 ORDER BY release_id LIMIT $1",
                                         limit));
    std::vector<push::Announcement> found;
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return found;
        found.push_back({.release = rows.id<ReleaseId>(0),
                         .model = rows.name<ModelName>(1),
                         .created_at = rows.instant(2)});
    }
}

Result<std::vector<push::Walk>> AnnouncementsRows::walks(std::int64_t limit) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT release_id, after_did, appid, model FROM walks "
                              "WHERE release_id > 0 ORDER BY release_id, after_did, appid LIMIT $1",
                              limit));
    std::vector<push::Walk> found;
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return found;
        found.push_back({.release = rows.id<ReleaseId>(0),
                         .model = rows.name<ModelName>(3),
                         .appid = rows.name<AppId>(2),
                         .after = std::string(rows.text(1))});
    }
}

Result<bool> AnnouncementsRows::told(AppId const& appid, Did const& did,
                                     Version const& version) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT 1 FROM announced WHERE did = $1 AND appid = $2 "
                                         "AND version = $3",
                                         did, appid, version));
    return rows.next();
}

Result<void> AnnouncementsRows::open(push::Announcement const& announcement) {
    TRY(
        session_.change("INSERT INTO announcements (release_id, model, created_at) "
                        "VALUES ($1, $2, $3) ON CONFLICT (release_id) DO NOTHING",
                        announcement.release, announcement.model, announcement.created_at));
    session_.touch(Touched::announcements);
    return {};
}

Result<void> AnnouncementsRows::begin(push::Announcement const& announcement,
                                      std::vector<AppId> const& apps) {
    for (auto const& appid : apps) {
        TRY(
            session_.change("INSERT INTO walks (release_id, after_did, appid, model) "
                            "VALUES ($1, '', $2, $3) "
                            "ON CONFLICT (release_id, after_did, appid) DO NOTHING",
                            announcement.release, appid, announcement.model));
    }
    TRY(session_.change("DELETE FROM announcements WHERE release_id = $1", announcement.release));
    return {};
}

Result<void> AnnouncementsRows::advance(push::Walk const& walk, std::string const& next) {
    TRY(
        session_.change("UPDATE walks SET after_did = $4 "
                        "WHERE release_id = $1 AND after_did = $2 AND appid = $3",
                        walk.release, walk.after, walk.appid, next));
    return {};
}

Result<void> AnnouncementsRows::finish(push::Walk const& walk) {
    TRY(
        session_.change("DELETE FROM walks "
                        "WHERE release_id = $1 AND after_did = $2 AND appid = $3",
                        walk.release, walk.after, walk.appid));
    return {};
}

Result<void> AnnouncementsRows::stop(ReleaseId release) {
    TRY(session_.change("DELETE FROM announcements WHERE release_id = $1", release));
    TRY(session_.change("DELETE FROM walks WHERE release_id = $1", release));
    return {};
}

Result<bool> AnnouncementsRows::tell(AppId const& appid, Did const& did, Version const& version,
                                     Instant now) {
    TRY_ASSIGN(auto const inserted,
               session_.execute("INSERT INTO announced (did, appid, version, at) "
                                "VALUES ($1, $2, $3, $4) ON CONFLICT (did, appid, version) "
                                "DO NOTHING",
                                did, appid, version, now));
    return inserted > 0;
}

Result<void> AnnouncementsRows::untell(AppId const& appid, Did const& did, Version const& version) {
    return session_.change("DELETE FROM announced WHERE did = $1 AND appid = $2 AND version = $3",
                           did, appid, version);
}

Result<void> AnnouncementsRows::forget(Did const& did) {
    TRY(session_.change("DELETE FROM announced WHERE did = $1", did));
    return {};
}

Result<void> AnnouncementsRows::forget_app(AppId const& appid) {
    TRY(session_.change("DELETE FROM walks WHERE appid = $1", appid));
    return {};
}

}  // namespace updraft::sqlstore
