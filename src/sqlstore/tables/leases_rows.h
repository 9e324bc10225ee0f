// Implements LeasesTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/leases_table.h).
#pragma once

#include "ports/leases_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class LeasesRows final : public LeasesTable {
public:
    explicit LeasesRows(Session& session) : session_(session) {}

    Result<std::vector<Lease>> list(std::string const& after, std::int64_t limit) const override;
    Result<std::vector<std::string>> renew(std::string const& holder) override;
    Result<bool> take(std::string const& name, std::string const& holder) override;
    Result<bool> take_over(Lease const& seen, std::string const& holder) override;
    Result<void> let_go(std::string const& name, std::string const& holder) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
