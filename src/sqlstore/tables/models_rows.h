// Implements ModelsTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/models_table.h).
#pragma once

#include "ports/models_table.h"
#include "sqlstore/session.h"
#include "sqlstore/tables/caches.h"

namespace updraft::sqlstore {

class ModelsRows final : public ModelsTable {
public:
    ModelsRows(Session& session, Caches& caches)
        : session_(session), caches_(caches), known_(caches, Cached::catalogs) {}

    Result<fleet::Model> find(ModelName const& name) const override;
    Result<KnownModel> known(ModelName const& name) const override;
    Result<Page<KnownModel>> list(PageAsk const& ask) const override;
    Result<void> put(fleet::Model const& model) override;

private:
    Session& session_;
    Caches& caches_;
    mutable SessionCache<ModelName, fleet::Model> known_;
};

// Reads the model without the cache.
[[nodiscard]] Result<fleet::Model> read_model(Session& session, ModelName const& name);

}  // namespace updraft::sqlstore
