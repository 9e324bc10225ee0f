// Implements ReleasesTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/releases_table.h).
#pragma once

#include "ports/releases_table.h"
#include "sqlstore/session.h"
#include "sqlstore/tables/caches.h"

namespace updraft::sqlstore {

class ReleasesRows final : public ReleasesTable {
public:
    ReleasesRows(Session& session, Caches& caches)
        : session_(session), caches_(caches), catalogs_(caches, Cached::catalogs) {}

    Result<std::shared_ptr<firmware::Catalog const>> catalog(ModelName const& model) const override;
    Result<firmware::Release> find(ReleaseId id) const override;
    Result<Page<firmware::Release>> list(ReleaseFilter const& filter,
                                         PageAsk const& ask) const override;
    Result<bool> names_artifact(std::string const& sha256) const override;

    Result<ReleaseId> insert(firmware::Release const& release) override;
    Result<void> replace(firmware::Release const& release) override;
    Result<void> rename(firmware::Release const& release) override;
    Result<void> remove(ReleaseId id) override;
    Result<std::int64_t> next_order() override;

private:
    Result<bool> name(ModelName const& model, Version const& version, ReleaseId id);
    Result<void> name_others(ReleaseId id, firmware::Release const& release);

    Session& session_;
    Caches& caches_;
    mutable SessionCache<ModelName, std::shared_ptr<firmware::Catalog const>> catalogs_;
};

}  // namespace updraft::sqlstore
