// Implements HoldsTable in SQL.
//
// Lives here: the SQL of its functions, and the holds of a catalog.
// Not here:   the contract of its functions (ports/holds_table.h).
#pragma once

#include "firmware/release.h"
#include "ports/holds_table.h"
#include "sqlstore/session.h"
#include "sqlstore/tables/caches.h"

namespace updraft::sqlstore {

class HoldsRows final : public HoldsTable {
public:
    HoldsRows(Session& session, Caches& caches) : session_(session), caches_(caches) {}

    Result<firmware::Hold> find(HoldId id) const override;
    Result<Page<firmware::Hold>> list(PageAsk const& ask) const override;
    Result<HoldId> insert(firmware::Hold const& hold) override;
    Result<void> remove(HoldId id) override;

private:
    Session& session_;
    Caches& caches_;
};

// The holds that cover the catalog's model or one of its releases, oldest first.
[[nodiscard]] Result<std::vector<firmware::Hold>> read_holds(Session& session,
                                                             firmware::Catalog const& catalog);

}  // namespace updraft::sqlstore
