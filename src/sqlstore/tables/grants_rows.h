// Implements GrantsTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/grants_table.h).
#pragma once

#include "ports/grants_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class GrantsRows final : public GrantsTable {
public:
    explicit GrantsRows(Session& session) : session_(session) {}

    Result<access::User> user(OpenId const& open_id) const override;
    Result<access::User> user_of(AppId const& appid, std::string const& account_id) const override;
    Result<bool> granted(AppId const& appid, OpenId const& open_id) const override;
    Result<access::Token> token(Sha256 const& digest) const override;
    Result<access::Code> code(Sha256 const& digest) const override;
    Result<std::vector<AppId>> apps_of(OpenId const& open_id) const override;
    Result<Page<access::Grant>> list(AppId const& appid, PageAsk const& ask) const override;
    Result<std::optional<std::string>> newest_family(AppId const& appid,
                                                     OpenId const& open_id) const override;

    Result<std::int64_t> users_made_by(AppId const& appid) const override;

    Result<void> put_user(access::User const& user) override;
    Result<void> put_grant(access::Grant const& grant) override;
    Result<void> remove_grant(AppId const& appid, OpenId const& open_id) override;

    Result<void> insert_token(access::Token const& token) override;
    Result<void> spend_token(Sha256 const& digest, Instant now) override;
    Result<void> repeat_token(Sha256 const& digest) override;
    Result<void> remove_family(access::Family const& family) override;
    Result<void> remove_live_tokens(access::Family const& family) override;
    Result<void> trim_families(AppId const& appid, OpenId const& open_id, std::int64_t keep,
                               Instant now) override;
    Result<void> trim_spent(access::Family const& family, std::int64_t keep) override;

    Result<void> insert_code(access::Code const& code) override;
    Result<void> redeem_code(Sha256 const& digest, std::string const& family) override;

    Result<std::int64_t> sweep(Instant expired_before, std::int64_t limit) override;

private:
    Result<std::optional<std::string>> newest_living_family_but(AppId const& appid,
                                                                OpenId const& open_id,
                                                                std::int64_t skip,
                                                                Instant now) const;

    Session& session_;
};

}  // namespace updraft::sqlstore
