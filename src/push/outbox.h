// Writing down what apps must be told, in the transaction of what happened.
//
// Lives here: who is told, and what a new message does to older ones that were not sent yet.
// Not here:   sending (push/dispatch.h), wording (push/message.h).
#pragma once

#include "fleet/device.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "upgrade/upgrade.h"
#include "vocabulary/result.h"

namespace updraft::push {

// Configuration [push] as far as writing needs it.
struct OutboxRules {
    Millis progress_interval = std::chrono::seconds{3};
};

// Safe to use from any thread; keeps nothing between calls.
class Outbox {
public:
    Outbox(IdSource& id_source, OutboxRules rules) : id_source_(id_source), rules_(rules) {}

    // P2, P10: to every subscribed app of the upgrade's user; replaces that upgrade's unsent one.
    Result<void> tell_progress(Tx& tx, upgrade::Upgrade const& upgrade, Instant now) const;
    // P3, P11: exactly one for each app; unsent progress of that upgrade is dropped. `upgrade` is
    // final.
    Result<void> tell_result(Tx& tx, upgrade::Upgrade const& upgrade, Instant now) const;
    // P4, P14: the device was bound, or reports another version: tells about its offer, once for
    // each (app, did, version). Nothing to offer is fine.
    Result<void> tell_offer(Tx& tx, fleet::Device const& device, Instant now) const;
    // The same to one app alone, if it may hear of it; false when it may not, or has.
    Result<bool> tell_offer_to(Tx& tx, AppId const& appid, fleet::Device const& device,
                               Instant now) const;

private:
    IdSource& id_source_;
    OutboxRules rules_;
};

}  // namespace updraft::push
