// Implements SessionsTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/sessions_table.h).
#pragma once

#include "ports/sessions_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class SessionsRows final : public SessionsTable {
public:
    explicit SessionsRows(Session& session) : session_(session) {}

    Result<KnownSession> find(Sha256 const& digest) const override;
    Result<void> insert(access::Session const& session, Sha256 const& digest) override;
    Result<void> remove(Sha256 const& digest) override;
    Result<std::int64_t> remove_of(std::string_view holder) override;
    Result<std::int64_t> remove_of_token(std::string_view token_id) override;
    Result<void> note_active(Sha256 const& digest, Instant at) override;
    Result<std::int64_t> forget(Instant before, std::int64_t limit) override;
    Result<void> insert_setup(SetupToken const& token, Sha256 const& digest) override;
    Result<SetupToken> take_setup(Sha256 const& digest) override;
    Result<std::int64_t> forget_setup(Instant before, std::int64_t limit) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
