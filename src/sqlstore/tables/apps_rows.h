// The rows behind AppsTable.
//
// Lives here: their SQL, and the cache that every call of an app is answered from.
// Not here:   what they mean (ports/apps_table.h).
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
    // Null when there is no such app. That is cached too, so that the time of an answer does not
    // tell whether an app exists.
    mutable SessionCache<AppId, std::shared_ptr<access::App const>> cache_;
};

}  // namespace updraft::sqlstore
