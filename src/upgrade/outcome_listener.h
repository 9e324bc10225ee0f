// A listener for changes of upgrades, called in the transaction that records them.
//
// Lives here: the interface that this folder calls.
//
// Not here:   the implementation (push/outbox.h), when it is called (upgrade/record.h,
//             upgrade/report_version.h).
#pragma once

#include <initializer_list>
#include <vector>

#include "fleet/device.h"
#include "ports/store.h"
#include "upgrade/upgrade.h"
#include "vocabulary/result.h"

namespace updraft::upgrade {

// Called on any thread, within a write transaction that may run twice, so an implementation may
// only write rows. If it answers an error, the transaction fails with that error.
class OutcomeListener {
public:
    virtual ~OutcomeListener() = default;

    // The device took the upgrade, or its progress changed; it has not ended.
    virtual Result<void> progressed(Tx& tx, Upgrade const& upgrade, Instant now) const = 0;
    // The upgrade has reached a final state. Called exactly once for each upgrade.
    virtual Result<void> ended(Tx& tx, Upgrade const& upgrade, Instant now) const = 0;
    // `device` (after the change) runs another version, after a success or by its own report, so
    // another release may be offered.
    virtual Result<void> version_reported(Tx& tx, fleet::Device const& device,
                                          Instant now) const = 0;
};

// Several listeners as one. They are called in order, and must outlive this.
class OutcomeListeners final : public OutcomeListener {
public:
    OutcomeListeners(std::initializer_list<OutcomeListener const*> all) : all_(all) {}

    Result<void> progressed(Tx& tx, Upgrade const& upgrade, Instant now) const override {
        for (auto const* one : all_) TRY(one->progressed(tx, upgrade, now));
        return {};
    }
    Result<void> ended(Tx& tx, Upgrade const& upgrade, Instant now) const override {
        for (auto const* one : all_) TRY(one->ended(tx, upgrade, now));
        return {};
    }
    Result<void> version_reported(Tx& tx, fleet::Device const& device, Instant now) const override {
        for (auto const* one : all_) TRY(one->version_reported(tx, device, now));
        return {};
    }

private:
    std::vector<OutcomeListener const*> all_;
};

}  // namespace updraft::upgrade
