#include "sqlstore/tables.h"

#include "sqlstore/admin_tokens_rows.h"
#include "sqlstore/announcements_rows.h"
#include "sqlstore/apps_rows.h"
#include "sqlstore/devices_rows.h"
#include "sqlstore/grants_rows.h"
#include "sqlstore/leases_rows.h"
#include "sqlstore/models_rows.h"
#include "sqlstore/openings_rows.h"
#include "sqlstore/outbox_rows.h"
#include "sqlstore/releases_rows.h"
#include "sqlstore/upgrades_rows.h"

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
