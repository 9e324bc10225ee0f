// Implements AuditTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/audit_table.h).
#pragma once

#include "ports/audit_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class AuditRows final : public AuditTable {
public:
    explicit AuditRows(Session& session) : session_(session) {}

    Result<void> add(AuditEntry entry) override;
    Result<Page<AuditRow>> list(AuditFilter const& filter, PageAsk const& ask) const override;
    Result<AuditSwept> sweep(Instant before, std::int64_t after, std::int64_t limit) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
