#include "sqlstore/tables/leases_rows.h"

#include "sqlstore/tables/pages.h"

namespace updraft::sqlstore {

Result<std::vector<Lease>> LeasesRows::list(std::string const& after, std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT name, holder, beat FROM leases WHERE name > $1 "
                                         "ORDER BY name LIMIT $2",
                                         after, limit));
    return all_of<Lease>(rows, [](Rows const& row) -> Result<Lease> {
        return Lease{.name = std::string(row.text(0)),
                     .holder = std::string(row.text(1)),
                     .beat = row.number(2)};
    });
}

Result<std::vector<std::string>> LeasesRows::renew(std::string const& holder) {
    TRY_ASSIGN(auto rows,
               session_.query("UPDATE leases SET beat = beat + 1 WHERE holder = $1 RETURNING name",
                              holder));
    return all_of<std::string>(
        rows, [](Rows const& row) -> Result<std::string> { return std::string(row.text(0)); });
}

Result<bool> LeasesRows::take(std::string const& name, std::string const& holder) {
    TRY_ASSIGN(auto const taken,
               session_.execute("INSERT INTO leases (name, holder, beat) VALUES ($1, $2, 1) "
                                "ON CONFLICT (name) DO NOTHING",
                                name, holder));
    return taken > 0;
}

Result<bool> LeasesRows::take_over(Lease const& seen, std::string const& holder) {
    TRY_ASSIGN(auto const taken, session_.execute("UPDATE leases SET holder = $4, beat = beat + 1 "
                                                  "WHERE name = $1 AND holder = $2 AND beat = $3",
                                                  seen.name, seen.holder, seen.beat, holder));
    return taken > 0;
}

Result<void> LeasesRows::let_go(std::string const& name, std::string const& holder) {
    TRY(session_.change("DELETE FROM leases WHERE name = $1 AND holder = $2", name, holder));
    return {};
}

}  // namespace updraft::sqlstore
