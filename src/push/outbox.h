// Writes messages to apps into the outbox, in the transaction of the change that they report.
//
// Lives here: which apps get a message, and which unsent messages a new one replaces.
//
// Not here:   sending (push/dispatch.h), the bodies (push/message.h).
#pragma once

#include "fleet/device.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "upgrade/outcome_listener.h"
#include "vocabulary/result.h"

namespace updraft::push {

// The settings in [push] that concern writing messages.
struct OutboxRules {
    Millis progress_interval = std::chrono::seconds{3};
};

// Safe to use from any thread; keeps nothing between calls.
class Outbox final : public upgrade::OutcomeListener {
public:
    Outbox(IdSource& id_source, OutboxRules rules) : id_source_(id_source), rules_(rules) {}

    // P2, P10: a progress message to every subscribed app of the upgrade's user. It replaces an
    // unsent progress message of that upgrade.
    Result<void> progressed(Tx& tx, upgrade::Upgrade const& upgrade, Instant now) const override;
    // P3, P11: exactly one result message for each app; unsent progress messages of that upgrade
    // are dropped. `upgrade` is final.
    Result<void> ended(Tx& tx, upgrade::Upgrade const& upgrade, Instant now) const override;
    // P14: does what tell_offer() does.
    Result<void> version_reported(Tx& tx, fleet::Device const& device, Instant now) const override;

    // P4, P14: after the device was bound, or its version or model changed: notifies its user's
    // apps of its offer, once for each (app, did, version). Does nothing when there is no offer.
    Result<void> tell_offer(Tx& tx, fleet::Device const& device, Instant now) const;
    // The same for one app. False when there is no offer, no grant or no subscription, or the app
    // was notified before. Errc::not_found when there is no such app.
    Result<bool> tell_offer_to(Tx& tx, AppId const& appid, fleet::Device const& device,
                               Instant now) const;

    // P13: notifies that app that `version` is not offered to the device any more, if it was told
    // of it. False when it was not, or there is no grant or no subscription. Errc::not_found when
    // there is no such app.
    Result<bool> tell_withdrawal_to(Tx& tx, AppId const& appid, fleet::Device const& device,
                                    Version const& version, Instant now) const;
    // P14: after a notice was dropped because it does not hold any more: the app counts as not
    // notified of that version, and is notified of the device's present offer, if it was not.
    struct DroppedNotice {
        AppId const& appid;
        Did const& did;
        Version const& version;
    };
    Result<void> replace_notice(Tx& tx, DroppedNotice const& dropped, Instant now) const;

private:
    IdSource& id_source_;
    OutboxRules rules_;
};

}  // namespace updraft::push
