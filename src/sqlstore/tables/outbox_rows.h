// Implements OutboxTable in SQL.
//
// Lives here: the SQL of its functions; due messages and counts are in outbox_due.cpp.
// Not here:   the contract of its functions (ports/outbox_table.h), the columns
//             (schema/migrations/0005_push.sql).
#pragma once

#include "ports/outbox_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class OutboxRows final : public OutboxTable {
public:
    explicit OutboxRows(Session& session) : session_(session) {}

    Result<std::vector<AppId>> apps_waiting(AppId const& after, std::int64_t limit) const override;
    Result<std::vector<DueMessage>> due(DueAsk const& ask) const override;
    Result<std::optional<Instant>> next_due(AppId const& appid, push::Stream stream,
                                            Instant now) const override;
    Result<std::int64_t> waiting_notices(AppId const& appid, std::int64_t max) const override;
    Result<std::optional<Instant>> last_progress(AppId const& appid, Did const& did) const override;
    Result<std::optional<Instant>> oldest_waiting(std::span<AppId const> apps,
                                                  std::int64_t limit) const override;
    Result<OutboxDepth> depth() const override;

    Result<void> enqueue(NewMessage const& message) override;
    Result<std::optional<Instant>> drop_progress(AppId const& appid, Did const& did,
                                                 UpgradeId upgrade) override;
    Result<void> postpone(WebhookId const& id, Instant at) override;
    Result<std::int64_t> give_up(AppId const& appid, push::Stream stream, Instant before,
                                 Instant due_before, Instant now, std::int64_t limit) override;
    Result<std::int64_t> pull_in(AppId const& appid, push::Stream stream, Instant horizon,
                                 Instant now, std::int64_t limit) override;

    // As Prefetch::progress().
    void expect_progress(AppId const& appid, Did const& did, UpgradeId upgrade) const;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
