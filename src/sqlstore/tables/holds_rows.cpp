#include "sqlstore/tables/holds_rows.h"

#include <algorithm>
#include <limits>

#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/sequences.h"

#define HOLD_COLUMNS "id, model, release_id, note, placed_by, created_at"

namespace updraft::sqlstore {
namespace {

Result<firmware::Hold> read_hold(Rows const& rows) {
    return firmware::Hold{.id = rows.id<HoldId>(0),
                          .model = rows.maybe_name<ModelName>(1),
                          .release = rows.maybe_id<ReleaseId>(2),
                          .note = std::string(rows.text(3)),
                          .by = std::string(rows.text(4)),
                          .created_at = rows.instant(5)};
}

}  // namespace

// There are few holds (firmware::holds_max), so each catalog reads all of them.
Result<std::vector<firmware::Hold>> read_holds(Session& session, firmware::Catalog const& catalog) {
    TRY_ASSIGN(auto rows, session.query("SELECT " HOLD_COLUMNS " FROM holds WHERE id > $1 "
                                        "ORDER BY id LIMIT $2",
                                        std::int64_t{0}, firmware::holds_max));
    TRY_ASSIGN(auto holds,
               all_of<firmware::Hold>(rows, [](Rows const& row) { return read_hold(row); }));
    auto const& releases = catalog.releases;
    std::erase_if(holds, [&](firmware::Hold const& hold) {
        if (hold.model && *hold.model != catalog.model.name) return true;
        return hold.release &&
               std::ranges::find(releases, *hold.release, &firmware::Release::id) == releases.end();
    });
    return holds;
}

Result<firmware::Hold> HoldsRows::find(HoldId id) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " HOLD_COLUMNS " FROM holds WHERE id = $1", id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such hold");
    return read_hold(rows);
}

Result<Page<firmware::Hold>> HoldsRows::list(PageAsk const& ask) const {
    TRY_ASSIGN(auto const before, number_after(ask, std::numeric_limits<std::int64_t>::max()));
    return page_of(
        session_.query("SELECT " HOLD_COLUMNS " FROM holds WHERE id < $1 "
                       "ORDER BY id DESC LIMIT $2",
                       before, ask.limit + 1),
        ask, [](Rows const& rows) { return read_hold(rows); },
        [](firmware::Hold const& hold) { return std::to_string(hold.id.value); });
}

Result<HoldId> HoldsRows::insert(firmware::Hold const& hold) {
    {
        TRY_ASSIGN(auto rows,
                   session_.query("SELECT COUNT(*) FROM holds WHERE id > $1", std::int64_t{0}));
        TRY_ASSIGN(auto const counted, rows.next());
        if (counted && rows.number(0) >= firmware::holds_max) {
            return fail(Errc::conflict, "there are " + std::to_string(firmware::holds_max) +
                                            " holds already; lift one first");
        }
    }
    TRY_ASSIGN(auto const number, take_numbers(session_, "holds"));
    HoldId const id{number + 1};
    TRY(session_.change("INSERT INTO holds (" HOLD_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)", id,
                        hold.model, hold.release, hold.note, hold.by, hold.created_at));
    caches_.changed(Cached::catalogs);
    return id;
}

Result<void> HoldsRows::remove(HoldId id) {
    TRY_ASSIGN(auto const removed, session_.execute("DELETE FROM holds WHERE id = $1", id));
    if (removed == 0) return fail(Errc::not_found, "no such hold");
    caches_.changed(Cached::catalogs);
    return {};
}

}  // namespace updraft::sqlstore
