// Why a device does not get a release, or does not get it yet.
//
// Lives here: the answers for a device that asks, for an upgrade that waits, and for operators.
//
// Not here:   the facts (upgrade/facts.h), which of them count (upgrade/admission.h), handing out
//             (upgrade/hand_out.h).
#pragma once

#include <map>
#include <optional>
#include <span>

#include "upgrade/facts.h"

namespace updraft::upgrade {

// The first reason that holds `upgrade` back; nothing when it may start. Writes nothing. `upgrade`
// must be queued and belong to `device`, which is sending a request now, or whose download is being
// counted.
[[nodiscard]] Result<std::optional<Reason>> held_back(Tx const& tx, Means const& means,
                                                      fleet::Device const& device,
                                                      Upgrade const& upgrade, Instant now);

struct Held {
    Reason reason = Reason::no_release;
    std::optional<Instant> since;  // Absent where it is not known.
    std::optional<Instant> next;   // When it ends by itself; absent where that is not known.
};

// What queued upgrades wait for. An upgrade that is not queued, or that nothing holds back, is not
// among the answers. Reads what it needs of all of them at once.
[[nodiscard]] Result<std::map<UpgradeId, Held>> waiting_for(Tx const& tx, Means const& means,
                                                            std::span<Upgrade const> upgrades,
                                                            Instant now);

struct Why {
    std::optional<ReleaseId> release;  // Absent: the model has no released firmware.
    bool offered = false;
    std::optional<Held> held;  // The first reason; nothing when none holds it back.
    Reasons holding;           // All of them.
};
// Why the device does not get `release`, or the newest one of its model. Errc::not_found for a
// device or a release that does not exist; of another model's release, Reason::no_release holds.
[[nodiscard]] Result<Why> why(Tx const& tx, Means const& means, Did const& did,
                              std::optional<ReleaseId> release, Instant now);

}  // namespace updraft::upgrade
