// What is true of devices and their upgrades, gathered in one read for many of them.
//
// Lives here: reading the surroundings of devices (families, policies), and the reasons that are
//             true of one device and one release.
//
// Not here:   which reasons hold back whose upgrade (upgrade/admission.h), the reasons of a device
//             and a release alone (firmware/eligibility.h), answers (upgrade/why.h).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "firmware/release.h"
#include "fleet/device.h"
#include "policy/effective.h"
#include "policy/hours.h"
#include "ports/policies_table.h"
#include "ports/store.h"
#include "ports/upgrades_table.h"
#include "upgrade/gateway_turns.h"
#include "upgrade/means.h"
#include "upgrade/rollout_facts.h"
#include "upgrade/upgrade.h"
#include "vocabulary/reason.h"

namespace updraft::upgrade {

// A device, with its active upgrade.
struct Subject {
    fleet::Device device;
    std::optional<Upgrade> active;
    // What would start an upgrade by itself, where none is active.
    Origin starting = Origin::automatic;
};

// The user's policy for one device, at one time.
struct Wish {
    policy::Effective policy;
    std::optional<policy::Opening> hours;  // Absent: at any time.

    [[nodiscard]] bool closed() const { return hours && !hours->open; }
};

// Everything outside of a device that may hold its upgrade back.
class Surroundings {
public:
    // Whose policies are read: of those whose start keeps to them, or of everybody.
    enum class Policies : std::uint8_t { where_they_count, of_all };

    // Reads what surrounds these devices, with a number of queries that does not grow with their
    // number but by one for each fifty. `now` is the time of all answers.
    [[nodiscard]] static Result<Surroundings> of(Tx const& tx, Means const& means,
                                                 std::span<Subject const> subjects,
                                                 Policies policies, Instant now);

    [[nodiscard]] Wish wish_of(std::optional<OpenId> const& open_id, Did const& did) const;
    // True when `mine`, which is queued or does not exist yet (then its id is the highest one),
    // may start now as far as turns are concerned.
    [[nodiscard]] Result<bool> is_turn_of(Tx const& tx, fleet::Device const& device, UpgradeId mine,
                                          Instant created_at) const;
    [[nodiscard]] Instant now() const { return now_; }

private:
    Surroundings(Means const& means, Instant now) : means_(&means), now_(now) {}

    [[nodiscard]] Result<bool> gives_way(Tx const& tx, FamilyUpgrade const& member) const;
    [[nodiscard]] Result<void> read_policies(Tx const& tx, std::span<Subject const> subjects,
                                             Policies policies);

    Means const* means_;
    Instant now_;
    std::map<Did, std::vector<FamilyUpgrade>> families_;  // By the gateway's did.
    std::map<OpenId, policy::OfUser> policies_;
};

// Starts by themselves are counted by the minute.
inline constexpr std::int64_t minute_ms = 60'000;

// Who asks: the device itself, at this moment, or anybody else.
enum class Asking : std::uint8_t { device, others };

// What is true of a device and a release.
struct Facts {
    Reasons reasons;
    Wish wish;
    std::optional<Instant> last_sign;
    firmware::Release const* offer = nullptr;  // What the device is offered.
    // The release that the device runs or is offered instead; nullptr when there is none.
    firmware::Release const* later = nullptr;
    // The rollout that decides about the release; nullptr when there is none.
    rollout::Rollout const* rollout = nullptr;
    std::optional<rollout::Place> place = {};         // Of the device in that rollout.
    std::optional<Instant> retry_at = {};             // For Reason::retry_later.
    std::optional<rollout::WindowState> window = {};  // For Reason::window.
};

// The reasons that are true of the device and `release`, one of its model's catalog; nullptr: there
// is no such release. If the active upgrade is to that release and queued, they are about it; if it
// runs, only Reason::active_upgrade is true. Else they are about an upgrade that would start by
// itself.
[[nodiscard]] Result<Facts> facts_of(Tx const& tx, Means const& means, Subject const& subject,
                                     firmware::Release const* release,
                                     Surroundings const& surroundings, Asking asking);

// The part of these reasons that needs no query: a queued upgrade, and its device.
[[nodiscard]] Result<Reasons> release_facts_of(Tx const& tx, fleet::Device const& device,
                                               Upgrade const& upgrade);

}  // namespace updraft::upgrade
