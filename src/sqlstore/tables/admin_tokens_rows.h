// Implements AdminTokensTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/admin_tokens_table.h).
#pragma once

#include "ports/admin_tokens_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class AdminTokensRows final : public AdminTokensTable {
public:
    explicit AdminTokensRows(Session& session) : session_(session) {}

    Result<bool> knows(Sha256 const& digest) const override;
    Result<bool> any() const override;
    Result<void> insert(Sha256 const& digest, Instant now) override;
    Result<std::string> key_check() const override;
    Result<void> set_key_check(std::string const& sealed) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
