// Rows of holds.
//
// Lives here: the interface that the domain uses.
// Not here:   the type (firmware/hold.h), the holds that cover a model (ReleasesTable::catalog()),
//             the SQL (sqlstore/tables/holds_rows.cpp).
#pragma once

#include <optional>
#include <vector>

#include "firmware/hold.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

class HoldsTable {
public:
    virtual ~HoldsTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<firmware::Hold> find(HoldId id) const = 0;
    // Newest first.
    [[nodiscard]] virtual Result<Page<firmware::Hold>> list(PageAsk const& ask) const = 0;

    // Answers the new id. Errc::conflict when there are firmware::holds_max.
    virtual Result<HoldId> insert(firmware::Hold const& hold) = 0;
    // Errc::not_found when there is none.
    virtual Result<void> remove(HoldId id) = 0;
};

}  // namespace updraft
