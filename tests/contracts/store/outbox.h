// The fixture of the suites about push messages.
//
// Lives here: storing, reading and recording messages.
//
// Not here:   the promises (outbox_test.cpp, deliveries_test.cpp).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "backend.h"
#include "ports/deliveries_table.h"
#include "ports/outbox_table.h"

namespace updraft::contract {

using push::DeliveryState;
using push::MsgType;
using push::Stream;

inline std::string id_text(int n) {
    auto const digits = std::to_string(n);
    return "msg_" + std::string(26 - digits.size(), '0') + digits;
}

class OutboxContract : public StoreContract {
protected:
    // Stores a message with the next id.
    WebhookId put(MsgType type, Did did, AppId appid = shop, Instant due_at = noon,
                  UpgradeId upgrade = {11}) {
        WebhookId id{id_text(++last_)};
        written([&](Tx& tx) {
            return tx.outbox().enqueue(
                {.webhook_id = id,
                 .appid = appid,
                 .did = did,
                 .type = type,
                 .upgrade = type == MsgType::new_firmware ? UpgradeId{} : upgrade,
                 .body = "{\"n\":" + std::to_string(last_) + "}",
                 .created_at = noon,
                 .due_at = due_at});
        });
        return id;
    }
    std::vector<WebhookId> due(Instant now, Stream stream = Stream::upgrade, AppId appid = shop,
                               std::int64_t limit = 100, std::string skipped = "-") {
        auto const found = seen([&](Tx const& tx) {
            return tx.outbox().due({.appid = appid,
                                    .stream = stream,
                                    .now = now,
                                    .limit = limit,
                                    .skip = [&](std::string_view did) { return did == skipped; }});
        });
        std::vector<WebhookId> ids;
        for (auto const& message : found) ids.push_back(message.webhook_id);
        return ids;
    }
    bool record(WebhookId const& id, AttemptOutcome fate, Instant at = noon, int status = 200) {
        return written([&](Tx& tx) {
            return tx.deliveries().record(
                id, {.at = at, .status = status, .duration_ms = 7, .answer = "ok"}, fate);
        });
    }
    push::Delivery find(WebhookId const& id) {
        return seen([&](Tx const& tx) { return tx.deliveries().find(id); });
    }
    std::vector<WebhookId> list(DeliveryFilter filter, std::int64_t limit) {
        std::vector<WebhookId> ids;
        PageAsk ask{.after = {}, .limit = limit};
        do {
            auto page = seen([&](Tx const& tx) { return tx.deliveries().list(filter, ask); });
            EXPECT_LE(std::ssize(page.items), limit);
            for (auto const& item : page.items) ids.push_back(item.webhook_id);
            ask.after = page.next;
        } while (ask.after && ids.size() < 1000);
        return ids;
    }
    using Ids = std::vector<WebhookId>;

    int last_ = 0;
};

}  // namespace updraft::contract
