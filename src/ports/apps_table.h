// Rows of third-party apps.
//
// Lives here: the interface that the domain uses.
// Not here:   the type (access/app.h), the SQL (sqlstore/tables/apps_rows.cpp).
#pragma once

#include <memory>

#include "access/app.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

class AppsTable {
public:
    virtual ~AppsTable() = default;

    // Served from a cache that is never older than the newest commit. The object is shared and must
    // not be copied. Errc::not_found when there is none.
    [[nodiscard]] virtual Result<std::shared_ptr<access::App const>> find(
        AppId const& appid) const = 0;
    // In order of appid.
    [[nodiscard]] virtual Result<Page<access::App>> list(PageAsk const& ask) const = 0;

    virtual Result<void> insert(access::App const& app) = 0;
    // Replaces everything but appid and created_at. Errc::not_found when there is none.
    virtual Result<void> replace(access::App const& app) = 0;
    // Removes the app with its grants, tokens and codes. Errc::not_found when there is none. Its
    // messages are removed by DeliveriesTable::drop_app().
    virtual Result<void> remove(AppId const& appid) = 0;
};

}  // namespace updraft
