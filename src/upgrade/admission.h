// Decides whether a queued upgrade may start now, and if not, why.
//
// Lives here: the reasons (wire contract 6.8), the interface of a rule, and applying all rules.
//
// Not here:   the rules (upgrade/gateway_turns.h), handing the upgrade out (upgrade/hand_out.h).
#pragma once

#include <cstdint>
#include <optional>

#include "fleet/device.h"
#include "ports/store.h"
#include "upgrade/means.h"
#include "upgrade/upgrade.h"
#include "vocabulary/result.h"

namespace updraft::upgrade {

// Why an upgrade is held back, in the order in which the reasons are checked.
enum class Reason : std::uint8_t {
    no_release,    // Its release was withdrawn.
    gateway_turn,  // Its gateway, or other sub-devices of the gateway, come first.
};

// One rule that may hold upgrades back. Safe to use from any thread.
class Admission {
public:
    virtual ~Admission() = default;
    // The rule's reason; nothing when `upgrade` may start. `upgrade` must be queued and belong to
    // `device`, which is sending a request now, or whose download is being counted.
    [[nodiscard]] virtual Result<std::optional<Reason>> held_back(Tx const& tx,
                                                                  fleet::Device const& device,
                                                                  Upgrade const& upgrade,
                                                                  Instant now) const = 0;
};

// The first reason that holds `upgrade` back; nothing when it may start. Writes nothing. Arguments
// as in Admission::held_back().
[[nodiscard]] Result<std::optional<Reason>> held_back(Tx const& tx, Means const& means,
                                                      fleet::Device const& device,
                                                      Upgrade const& upgrade, Instant now);

}  // namespace updraft::upgrade
