#include "sqlstore/tables.h"

#include "sqlstore/admin_tokens_rows.h"
#include "sqlstore/devices_rows.h"
#include "sqlstore/models_rows.h"
#include "sqlstore/releases_rows.h"
#if __has_include("sqlstore/apps_rows.h")
#include "sqlstore/apps_rows.h"
#define HAVE_APPS
#endif
#if __has_include("sqlstore/grants_rows.h")
#include "sqlstore/grants_rows.h"
#define HAVE_GRANTS
#endif
#if __has_include("sqlstore/upgrades_rows.h")
#include "sqlstore/upgrades_rows.h"
#define HAVE_UPGRADES
#endif
#if __has_include("sqlstore/outbox_rows.h")
#include "sqlstore/outbox_rows.h"
#define HAVE_OUTBOX
#endif
#if __has_include("sqlstore/announcements_rows.h")
#include "sqlstore/announcements_rows.h"
#define HAVE_ANNOUNCEMENTS
#endif

namespace updraft::sqlstore {
namespace {

// Rows that keep nothing in memory are made without caches.
template <class Rows>
Rows made(Session& session, Caches& caches) {
    if constexpr (std::is_constructible_v<Rows, Session&, Caches&>) {
        return Rows(session, caches);
    } else {
        return Rows(session);
    }
}

}  // namespace

struct AllRows::Objects {
    AdminTokensRows admin_tokens;
    DevicesRows devices;
    ModelsRows models;
    ReleasesRows releases;
#ifdef HAVE_APPS
    AppsRows apps;
#endif
#ifdef HAVE_GRANTS
    GrantsRows grants;
#endif
#ifdef HAVE_UPGRADES
    UpgradesRows upgrades;
#endif
#ifdef HAVE_OUTBOX
    OutboxRows outbox;
#endif
#ifdef HAVE_ANNOUNCEMENTS
    AnnouncementsRows announcements;
#endif

    Objects(Session& session, Caches& caches)
        : admin_tokens(made<AdminTokensRows>(session, caches)),
          devices(made<DevicesRows>(session, caches)),
          models(made<ModelsRows>(session, caches)),
          releases(made<ReleasesRows>(session, caches))
#ifdef HAVE_APPS
          , apps(made<AppsRows>(session, caches))
#endif
#ifdef HAVE_GRANTS
          , grants(made<GrantsRows>(session, caches))
#endif
#ifdef HAVE_UPGRADES
          , upgrades(made<UpgradesRows>(session, caches))
#endif
#ifdef HAVE_OUTBOX
          , outbox(made<OutboxRows>(session, caches))
#endif
#ifdef HAVE_ANNOUNCEMENTS
          , announcements(made<AnnouncementsRows>(session, caches))
#endif
    {}
};

AllRows::AllRows(Session& session, Caches& caches)
    : objects_(std::make_unique<Objects>(session, caches)) {}
AllRows::~AllRows() = default;

Tables AllRows::tables() const {
    Tables tables;
    tables.admin_tokens = &objects_->admin_tokens;
    tables.devices = &objects_->devices;
    tables.models = &objects_->models;
    tables.releases = &objects_->releases;
#ifdef HAVE_APPS
    tables.apps = &objects_->apps;
#endif
#ifdef HAVE_GRANTS
    tables.grants = &objects_->grants;
#endif
#ifdef HAVE_UPGRADES
    tables.upgrades = &objects_->upgrades;
#endif
#ifdef HAVE_OUTBOX
    tables.outbox = &objects_->outbox;
#endif
#ifdef HAVE_ANNOUNCEMENTS
    tables.announcements = &objects_->announcements;
#endif
    return tables;
}

}  // namespace updraft::sqlstore
