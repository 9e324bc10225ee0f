// Implements OperatorsTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/operators_table.h).
#pragma once

#include "ports/operators_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class OperatorsRows final : public OperatorsTable {
public:
    explicit OperatorsRows(Session& session) : session_(session) {}

    Result<access::Operator> find(std::string_view name) const override;
    Result<bool> any() const override;
    Result<bool> has_admin_besides(std::string_view name) const override;
    Result<Page<access::Operator>> list(PageAsk const& ask) const override;
    Result<void> insert(access::Operator const& made) override;
    Result<void> replace(access::Operator const& changed) override;
    Result<void> remove(std::string_view name) override;
    Result<void> note_seen(std::string_view name, Instant at) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
