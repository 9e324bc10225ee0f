// Writing down what became of messages that were sent.
//
// Lives here: an ended attempt, and what it changes in one transaction.
// Not here:   sending (push/dispatch.h), the rules it applies (backoff.h, receiver.h).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ports/store.h"
#include "push/backoff.h"
#include "push/receiver.h"

namespace updraft::push {

// A message that was posted and answered, or not.
struct Ended {
    WebhookId webhook_id;
    Did did;
    AppId appid;
    std::string url;
    MsgType type = MsgType::result;
    std::int64_t tries = 0;  // Before this one.
    Instant since;
    Attempt attempt;
    bool arrived = false;
    bool gone = false;  // 410.
    std::optional<Millis> retry_after;
    Jitter jitter;
    // Not attempts at all: a message that was too early waits until then, and a progress that was
    // too old is forgotten.
    std::optional<Instant> postponed_to;
    bool too_old = false;
};

// All of it or nothing; twice changes nothing more. Messages that are gone by now are passed over.
Result<void> record(Tx& tx, std::span<Ended const> ended, RetryRules const& retry,
                    ReceiverRules const& receivers, Instant now);

// What the outbox needs by and by: messages too old for a receiver that takes nothing become dead
// letters, times that a jumping clock left behind are mended, kept messages whose time is over go,
// and so does what a removed app left. True when there is more to do at once.
Result<bool> tend(Tx& tx, RetryRules const& retry, ReceiverRules const& receivers, Instant now);

}  // namespace updraft::push
