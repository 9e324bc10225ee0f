// The outbox in SQL: messages, their attempts, and receivers.
//
// Lives here: OutboxTable over a session.
// Not here:   the tables themselves (migrations/0005_push.sql), what the verbs promise
//             (ports/outbox_table.h). Lists are in outbox_lists.cpp, receivers in
//             outbox_receivers.cpp.
#pragma once

#include "ports/outbox_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class OutboxRows final : public OutboxTable {
public:
    explicit OutboxRows(Session& session) : session_(session) {}

    Result<push::Delivery> find(WebhookId const& id) const override;
    Result<std::vector<push::Attempt>> attempts(WebhookId const& id) const override;
    Result<Page<push::Delivery>> list(DeliveryFilter const& filter,
                                      PageAsk const& ask) const override;
    Result<std::vector<AppId>> apps_waiting(AppId const& after, std::int64_t limit) const override;
    Result<std::vector<DueMessage>> due(DueAsk const& ask) const override;
    Result<std::optional<Instant>> next_due(AppId const& appid, push::Stream stream,
                                            Instant now) const override;
    Result<std::int64_t> waiting_notices(AppId const& appid, std::int64_t max) const override;
    void expect_progress(AppId const& appid, Did const& did, UpgradeId upgrade) const override;
    Result<std::optional<Instant>> last_progress(AppId const& appid, Did const& did) const override;
    Result<std::optional<Instant>> oldest_waiting(std::span<AppId const> apps,
                                                  std::int64_t limit) const override;
    Result<OutboxDepth> depth() const override;

    Result<void> enqueue(NewMessage const& message) override;
    Result<std::optional<Instant>> drop_progress(AppId const& appid, Did const& did,
                                                 UpgradeId upgrade) override;
    Result<bool> record(WebhookId const& id, push::Attempt const& attempt,
                        Fate const& fate) override;
    Result<void> postpone(WebhookId const& id, Instant at) override;
    Result<std::int64_t> give_up(AppId const& appid, push::Stream stream, Instant before,
                                 Instant due_before, Instant now, std::int64_t limit) override;
    Result<std::int64_t> pull_in(AppId const& appid, push::Stream stream, Instant horizon,
                                 Instant now, std::int64_t limit) override;
    Result<void> replay(WebhookId const& id, Instant now) override;
    Result<std::vector<WebhookId>> replayable(AppId const& appid, WebhookId const& after,
                                              WebhookId const& before,
                                              std::int64_t limit) const override;
    Result<std::int64_t> sweep(Instant now, std::int64_t limit) override;
    Result<std::int64_t> drop_app(AppId const& appid, std::int64_t limit) override;

    Result<Receiver> receiver(AppId const& appid) const override;
    Result<std::vector<Receiver>> receivers_due(Instant now, std::int64_t limit) const override;
    Result<std::optional<Instant>> next_receiver_due(Instant now) const override;
    Result<void> put_receiver(Receiver const& receiver) override;
    Result<void> remove_receiver(AppId const& appid) override;
    Result<std::int64_t> pull_in_receivers(Instant horizon, Instant now) override;

private:
    struct Lane {
        AppId appid;
        Did did;
        std::string stream;
    };
    void touch();
    // The first of the lane that is still pending takes its turn.
    Result<void> promote(Lane const& lane);
    Result<std::int64_t> next_seq(Lane const& lane) const;
    Result<void> remove(WebhookId const& id);

    Session& session_;
};

}  // namespace updraft::sqlstore
