// Records the outcomes of attempts, and removes rows of the outbox that are not needed any more.
//
// Lives here: an ended attempt and what it changes, in one transaction; the cleaning of the outbox.
//
// Not here:   sending (push/dispatch.h), the rules it applies (backoff.h, receiver.h).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ports/store.h"
#include "push/backoff.h"
#include "push/outbox.h"
#include "push/receiver.h"
#include "push/removed_apps.h"

namespace updraft::push {

// A message whose attempt has ended.
struct Ended {
    WebhookId webhook_id;
    Did did;
    AppId appid;
    std::string url;
    MsgType type = MsgType::result;
    std::int64_t tries = 0;  // Attempts before this one.
    Instant since;
    Attempt attempt;
    bool arrived = false;
    bool gone = false;  // Answered by 410.
    std::optional<Millis> retry_after;
    Jitter jitter;
    // In these two cases nothing was posted: the message waits until `postponed_to`, or is dropped,
    // because it is revoked, a progress that was too old, or a notice of the version `overtaken`,
    // which does not hold any more.
    std::optional<Instant> postponed_to;
    bool dropped = false;
    std::optional<Version> overtaken;
};

// What record() needs besides the attempts.
struct Recording {
    RetryRules const& retry;
    ReceiverRules const& receivers;
    Outbox const& outbox;
};

// Records the attempts, in order. Messages that are removed or no longer pending are skipped. An
// app whose notice is dropped as overtaken gets a notice of the device's present offer instead.
Result<void> record(Tx& tx, std::span<Ended const> ended, Recording const& recording, Instant now);

// One bounded piece of periodic cleaning:
// - messages that are too old become dead letters, if nothing is sent to their app at present (it
//   is disabled, or has no verified push URL);
// - due times later than any retry, which exist after the clock was set back, become now;
// - delivered messages and dead letters are removed after their retention time;
// - rows of apps that were removed are removed.
// True when there is more to do at once.
Result<bool> clean_outbox(Tx& tx, RetryRules const& retry, ReceiverRules const& receivers,
                          RemovedApps const& removed_apps, Instant now);

}  // namespace updraft::push
