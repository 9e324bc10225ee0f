#include "sqlstore/tables/tables.h"

#include <type_traits>

#include "sqlstore/tables/admin_tokens_rows.h"
#include "sqlstore/tables/announcements_rows.h"
#include "sqlstore/tables/apps_rows.h"
#include "sqlstore/tables/audit_rows.h"
#include "sqlstore/tables/deliveries_rows.h"
#include "sqlstore/tables/devices_rows.h"
#include "sqlstore/tables/grants_rows.h"
#include "sqlstore/tables/holds_rows.h"
#include "sqlstore/tables/leases_rows.h"
#include "sqlstore/tables/models_rows.h"
#include "sqlstore/tables/openings_rows.h"
#include "sqlstore/tables/operator_tokens_rows.h"
#include "sqlstore/tables/operators_rows.h"
#include "sqlstore/tables/orders_rows.h"
#include "sqlstore/tables/outbox_rows.h"
#include "sqlstore/tables/policies_rows.h"
#include "sqlstore/tables/prefetch_queries.h"
#include "sqlstore/tables/receivers_rows.h"
#include "sqlstore/tables/releases_rows.h"
#include "sqlstore/tables/rollouts_rows.h"
#include "sqlstore/tables/sessions_rows.h"
#include "sqlstore/tables/timelines_rows.h"
#include "sqlstore/tables/upgrade_lists_rows.h"
#include "sqlstore/tables/upgrades_rows.h"

namespace updraft::sqlstore {
namespace {

// Passes the caches only to tables that have one.
template <class TableRows>
TableRows made(Session& session, Caches& caches) {
    if constexpr (std::is_constructible_v<TableRows, Session&, Caches&>) {
        return TableRows(session, caches);
    } else {
        return TableRows(session);
    }
}

}  // namespace

struct AllRows::Objects {
    Session& session;
    Caches& caches;
#define UPDRAFT_ROWS_OBJECT(Name, name) Name##Rows name = made<Name##Rows>(session, caches);
    UPDRAFT_TABLES(UPDRAFT_ROWS_OBJECT)
#undef UPDRAFT_ROWS_OBJECT
    PrefetchQueries prefetch{devices, upgrades, outbox};
};

AllRows::AllRows(Session& session, Caches& caches)
    : objects_(new Objects{.session = session, .caches = caches}) {
#define UPDRAFT_POINT_TO(Name, name) tables_.name = &objects_->name;
    UPDRAFT_TABLES(UPDRAFT_POINT_TO)
#undef UPDRAFT_POINT_TO
    tables_.prefetch = &objects_->prefetch;
}
AllRows::~AllRows() = default;

}  // namespace updraft::sqlstore
