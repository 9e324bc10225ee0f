// Opens the store that the settings name.
//
// Lives here: waiting for a database that starts at the same time, or that other instances use
//             during a migration.
//
// Not here:   the options of each kind of store (app/settings/part_settings.h).
#pragma once

#include <memory>

#include "app/process/hurry.h"
#include "app/settings/settings.h"
#include "app/watch/journal.h"
#include "sqlstore/store.h"
#include "vocabulary/result.h"

namespace updraft::app {

// Tries for half a minute while the database cannot be reached, for 90 s while other instances use
// its tables during a migration; ends earlier when SIGTERM or SIGINT
// (blocked by the caller) is pending. Errors as of sqlstore::open_sqlite() and open_postgres(). The
// store's waits for a database end early from hurry's moment on; `hurry` outlives the store.
[[nodiscard]] Result<std::unique_ptr<sqlstore::SqlStore>> open_store(Settings::Store const& store,
                                                                     Hurry const& hurry,
                                                                     Journal& journal);

}  // namespace updraft::app
