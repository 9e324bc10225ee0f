// Implements PoliciesTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/policies_table.h).
#pragma once

#include "ports/policies_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class PoliciesRows final : public PoliciesTable {
public:
    explicit PoliciesRows(Session& session) : session_(session) {}

    Result<policy::OfUser> of(OpenId const& open_id, std::span<Did const> dids) const override;
    Result<std::vector<policy::OfDevice>> of_devices(OpenId const& open_id, Did const& after,
                                                     std::int64_t limit) const override;
    Result<void> put(OpenId const& open_id, Did const& did, policy::Policy const& policy) override;
    Result<void> give(Did const& did, OpenId const& from, OpenId const* to) override;
    Result<bool> count_start(std::int64_t minute, std::int64_t limit) override;
    Result<std::int64_t> starts_in(std::int64_t minute) const override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
