// Implements AppsTable in SQL.
//
// Lives here: the SQL of its functions, and the cache that every call of an app uses.
// Not here:   the contract of its functions (ports/apps_table.h).
#pragma once

#include "ports/apps_table.h"
#include "sqlstore/session.h"
#include "sqlstore/tables/caches.h"

namespace updraft::sqlstore {

class AppsRows final : public AppsTable {
public:
    AppsRows(Session& session, Caches& caches)
        : session_(session), caches_(caches), cache_(caches, Cached::apps) {}

    Result<std::shared_ptr<access::App const>> find(AppId const& appid) const override;
    Result<Page<access::App>> list(PageAsk const& ask) const override;

    Result<void> insert(access::App const& app) override;
    Result<void> replace(access::App const& app) override;
    Result<void> remove(AppId const& appid) override;

private:
    Session& session_;
    Caches& caches_;
    // A null value means that there is no such app. That is cached, too, so that the time of an
    // answer does not reveal whether an app exists.
    mutable SessionCache<AppId, std::shared_ptr<access::App const>> cache_;
};

}  // namespace updraft::sqlstore
