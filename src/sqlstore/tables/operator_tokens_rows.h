// Implements OperatorTokensTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/operator_tokens_table.h).
#pragma once

#include "ports/operator_tokens_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class OperatorTokensRows final : public OperatorTokensTable {
public:
    explicit OperatorTokensRows(Session& session) : session_(session) {}

    Result<KnownToken> find(Sha256 const& digest) const override;
    Result<access::OperatorToken> find_by_id(std::string_view holder,
                                             std::string_view id) const override;
    Result<Page<access::OperatorToken>> list(std::string_view holder,
                                             PageAsk const& ask) const override;
    Result<void> insert(access::OperatorToken const& token, Sha256 const& digest) override;
    Result<void> end(std::string_view id, Instant now) override;
    Result<std::int64_t> end_all(std::string_view holder, Instant now) override;
    Result<void> note_used(std::string_view id, Instant at) override;
    Result<std::int64_t> end_expired(Instant now, std::int64_t limit) override;
    Result<std::int64_t> forget_ended(Instant before, std::int64_t limit) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
