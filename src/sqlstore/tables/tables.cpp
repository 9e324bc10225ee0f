#include "sqlstore/tables/tables.h"

#include "sqlstore/tables/admin_tokens_rows.h"
#include "sqlstore/tables/announcements_rows.h"
#include "sqlstore/tables/apps_rows.h"
#include "sqlstore/tables/devices_rows.h"
#include "sqlstore/tables/grants_rows.h"
#include "sqlstore/tables/leases_rows.h"
#include "sqlstore/tables/models_rows.h"
#include "sqlstore/tables/openings_rows.h"
#include "sqlstore/tables/outbox_rows.h"
#include "sqlstore/tables/releases_rows.h"
#include "sqlstore/tables/upgrades_rows.h"

namespace updraft::sqlstore {

struct AllRows::Objects {
    AdminTokensRows admin_tokens;
    DevicesRows devices;
    ModelsRows models;
    ReleasesRows releases;
    AppsRows apps;
    GrantsRows grants;
    UpgradesRows upgrades;
    OutboxRows outbox;
    AnnouncementsRows announcements;
    LeasesRows leases;
    OpeningsRows openings;

    Objects(Session& session, Caches& caches)
        : admin_tokens(session),
          devices(session),
          models(session, caches),
          releases(session, caches),
          apps(session, caches),
          grants(session),
          upgrades(session),
          outbox(session, caches),
          announcements(session, caches),
          leases(session),
          openings(session) {}
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
    tables.apps = &objects_->apps;
    tables.grants = &objects_->grants;
    tables.upgrades = &objects_->upgrades;
    tables.outbox = &objects_->outbox;
    tables.announcements = &objects_->announcements;
    tables.leases = &objects_->leases;
    tables.openings = &objects_->openings;
    return tables;
}

}  // namespace updraft::sqlstore
