// What GET /admin/v1/system shows of this process.
//
// Lives here: the kinds and sizes of the store and of the artifacts.
//
// Not here:   the answer (admin/system.h), figures for /metrics (app/watch/measures.h).
#pragma once

#include <optional>
#include <string>

#include "admin/system.h"
#include "app/settings/settings.h"
#include "ports/blobs.h"
#include "sqlstore/store.h"

namespace updraft::app {

struct SystemSources {
    Settings const& settings;
    sqlstore::SqlStore& store;
    Blobs& blobs;
    std::string const& instance;
    Instant started_at;
};

// Waits for the disk, the database server and the bucket. `tls_not_after`: of the certificate in
// use.
[[nodiscard]] admin::SystemState look_at_system(SystemSources const& sources,
                                                std::optional<Instant> tls_not_after);

}  // namespace updraft::app
