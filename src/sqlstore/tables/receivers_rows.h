// Implements ReceiversTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/receivers_table.h).
#pragma once

#include "ports/receivers_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class ReceiversRows final : public ReceiversTable {
public:
    explicit ReceiversRows(Session& session) : session_(session) {}

    Result<Receiver> find(AppId const& appid) const override;
    Result<std::vector<Receiver>> due(Instant now, std::int64_t limit) const override;
    Result<std::optional<Instant>> next_due(Instant now) const override;

    Result<void> put(Receiver const& receiver) override;
    Result<void> remove(AppId const& appid) override;
    Result<std::int64_t> pull_in(Instant horizon, Instant now) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
