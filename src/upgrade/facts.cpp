#include "upgrade/facts.h"

#include <algorithm>
#include <limits>
#include <set>

#include "firmware/eligibility.h"
#include "fleet/gateway.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "upgrade/admission.h"
#include "upgrade/lifecycle.h"

namespace updraft::upgrade {
namespace {

// Active upgrades of one gateway's sub-devices that are read; more than any real gateway has.
constexpr std::int64_t family_max = 10'000;

constexpr UpgradeId not_yet_opened{std::numeric_limits<std::int64_t>::max()};

rollout::Beginning beginning_of(Origin origin) {
    return origin == Origin::rollout ? rollout::Beginning::by_itself
                                     : rollout::Beginning::by_user;
}

// A device that is said to run what was ordered for it has still to report that itself; until then
// the upgrade installs it, perhaps once more.
Reasons of_an_order(firmware::Eligibility const& eligibility, firmware::Release const& release,
                    Origin origin) {
    auto reasons = eligibility.kept_from(release, beginning_of(origin));
    reasons.remove(Reason::already_on_version);
    return reasons;
}

bool keeps_to_policy(Upgrade const& upgrade) {
    return counts(Reason::upgrade_hours, start_of(upgrade)) ||
           counts(Reason::policy_off, start_of(upgrade));
}

bool is_queued(std::optional<Upgrade> const& active) {
    return active && active->state == State::queued;
}

// The policy's own reasons for a start that keeps to it.
Reasons policy_facts(Wish const& wish) {
    Reasons facts;
    facts.set(Reason::policy_off, wish.policy.auto_upgrade == "0");
    facts.set(Reason::upgrade_hours, wish.closed());
    return facts;
}

Result<bool> is_silent(Tx const& tx, Means const& means, ModelName const& model,
                       std::optional<Instant> sign, Instant now) {
    if (!sign) return true;
    TRY_ASSIGN(auto const polling, polling_of(tx, means, model));
    return now - *sign > fleet::silent_after_intervals * polling;
}

// What keeps the device from asking, and what would start the release by itself.
Result<void> add_start_facts(Tx const& tx, Means const& means, Subject const& subject,
                             firmware::Release const* release, Asking asking, Instant now,
                             Facts& facts) {
    auto const& device = subject.device;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    TRY_ASSIGN(bool const silent, is_silent(tx, means, device.model, facts.last_sign, now));
    auto unheard = silent;
    if (!subject.active && subject.starting == Origin::rollout) {
        unheard = true;
        facts.reasons.set(Reason::not_ordered,
                          facts.rollout == nullptr || !starts_upgrades(*catalog, *facts.rollout));
    } else if (is_queued(subject.active)) {
        unheard = silent || *facts.last_sign < subject.active->created_at;
    } else if (!subject.active) {
        auto starts = release != nullptr && facts.wish.policy.auto_upgrade == "1";
        if (starts) {
            TRY_ASSIGN(bool const spent, tx.upgrades().started_by_itself(device.did, release->id));
            starts = !spent;
        }
        if (starts) {
            TRY_ASSIGN(auto const started, tx.policies().starts_in(now.ms / minute_ms));
            if (started >= means.limits.starts_per_minute) facts.reasons.add(Reason::rate);
        } else {
            facts.reasons.remove(Reason::upgrade_hours);
        }
        facts.reasons.set(Reason::not_ordered, !starts);
        unheard = silent || starts;
    }
    facts.reasons.set(Reason::not_polled, unheard && asking != Asking::device);
    return {};
}

}  // namespace

Result<Surroundings> Surroundings::of(Tx const& tx, Means const& means,
                                      std::span<Subject const> subjects, Policies policies,
                                      Instant now) {
    Surroundings all(means, now);
    std::set<Did> gateways;
    for (auto const& subject : subjects) gateways.insert(fleet::family_of(subject.device));
    std::vector<Did> const dids(gateways.begin(), gateways.end());
    TRY_ASSIGN(auto members, tx.upgrades().of_families(dids, family_max));
    for (auto& member : members) {
        auto& family = all.families_[member.family];
        family.push_back(std::move(member));
    }
    TRY(all.read_policies(tx, subjects, policies));
    return all;
}

Result<void> Surroundings::read_policies(Tx const& tx, std::span<Subject const> subjects,
                                         Policies policies) {
    std::map<OpenId, std::set<Did>> wanted;
    auto const want = [&](std::optional<OpenId> const& open_id, Did const& did) {
        wanted[open_id.value_or(OpenId{})].insert(did);
    };
    for (auto const& subject : subjects) {
        if (policies == Policies::of_all ||
            (is_queued(subject.active) && keeps_to_policy(*subject.active))) {
            want(subject.device.open_id, subject.device.did);
        }
    }
    for (auto const& [gateway, family] : families_) {
        for (auto const& member : family) {
            if (member.upgrade.state == State::queued && keeps_to_policy(member.upgrade)) {
                want(member.open_id, member.upgrade.did);
            }
        }
    }
    for (auto const& [open_id, dids] : wanted) {
        std::vector<Did> const list(dids.begin(), dids.end());
        TRY_ASSIGN(policies_[open_id], tx.policies().of(open_id, list));
    }
    return {};
}

Wish Surroundings::wish_of(std::optional<OpenId> const& open_id, Did const& did) const {
    static policy::OfUser const nothing;
    auto const found = policies_.find(open_id.value_or(OpenId{}));
    Wish wish;
    wish.policy = policy::effective(found == policies_.end() ? nothing : found->second, did,
                                    means_->time_zone);
    auto const hours = policy::read_hours(wish.policy.upgrade_hours);
    if (hours) wish.hours = policy::opening(*hours, wish.policy.time_zone, means_->zones, now_);
    return wish;
}

// A member that could not start now anyway, or is silent, keeps its age but lets others pass.
Result<bool> Surroundings::gives_way(Tx const& tx, FamilyUpgrade const& member) const {
    auto const& upgrade = member.upgrade;
    auto const sign = last_sign(means_->presence, upgrade.did, member.last_seen);
    TRY_ASSIGN(bool const silent, is_silent(tx, *means_, upgrade.model, sign, now_));
    if (silent) return true;
    fleet::Device device;
    device.did = upgrade.did;
    device.model = upgrade.model;
    device.version = member.runs;
    device.offers_after = member.offers_after;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(upgrade.model));
    if (firmware::find_rollout(*catalog, upgrade.release_id) != nullptr) {
        TRY_ASSIGN(device, tx.devices().find(upgrade.did));  // Audiences ask for more of it.
    }
    TRY_ASSIGN(auto facts, release_facts_of(tx, device, upgrade));
    if (keeps_to_policy(upgrade)) facts.add(policy_facts(wish_of(member.open_id, upgrade.did)));
    return !holding_back(facts, start_of(upgrade)).empty();
}

Result<bool> Surroundings::is_turn_of(Tx const& tx, fleet::Device const& device, UpgradeId mine,
                                      Instant created_at) const {
    auto const& gateway = fleet::family_of(device);
    Family family;
    family.waiting.push_back({mine, created_at, device.did == gateway});
    auto const members = families_.find(gateway);
    if (members == families_.end()) return true;
    for (auto const& member : members->second) {
        auto const& upgrade = member.upgrade;
        bool const of_the_gateway = upgrade.did == gateway;
        if (is_running(upgrade.state)) {
            if (of_the_gateway) family.gateway_runs = true;
            if (!of_the_gateway) ++family.running;
        } else if (upgrade.id != mine && upgrade.did != device.did) {
            TRY_ASSIGN(bool const passes, gives_way(tx, member));
            if (!passes) family.waiting.push_back({upgrade.id, upgrade.created_at, of_the_gateway});
        }
    }
    return is_its_turn(std::move(family), mine, means_->limits.concurrent_per_gateway_max);
}

namespace {

// True when a rollout decides who gets the release by such a start.
bool decides_about(firmware::Release const& release, Origin origin) {
    return origin == Origin::rollout || release.availability == firmware::Availability::rollout;
}

// Room and time of a rollout are asked about only where they decide: an upgrade waits, or something
// would start one.
Result<void> add_rollout_facts(Tx const& tx, Means const& means, Subject const& subject,
                               firmware::Candidate const& candidate,
                               firmware::Release const& release, Instant now, Facts& facts) {
    auto const origin = subject.active ? subject.active->origin : subject.starting;
    if (facts.rollout == nullptr || !decides_about(release, origin)) return {};
    if (!subject.active && origin == Origin::automatic && facts.wish.policy.auto_upgrade != "1") {
        return {};
    }
    if (subject.active && subject.active->release_id != release.id) return {};
    RolloutStart start{.rollout = *facts.rollout, .device = candidate, .origin = origin};
    if (subject.active) start.upgrade = subject.active->id;
    TRY_ASSIGN(auto found,
               rollout_facts_of(tx, means, start, facts.wish.policy.time_zone, now));
    facts.reasons.add(found.reasons);
    facts.place = std::move(found.place);
    facts.retry_at = found.retry_at;
    facts.window = found.window;
    return {};
}

}  // namespace

Result<Reasons> release_facts_of(Tx const& tx, fleet::Device const& device,
                                 Upgrade const& upgrade) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(upgrade.model));
    auto const* const release = firmware::find_release(*catalog, upgrade.release_id);
    if (release == nullptr) {
        return fail(Errc::corrupt, "an upgrade's release is not among those of its model");
    }
    TRY_ASSIGN(auto candidate, firmware::candidate(tx, *catalog, device));
    if (upgrade.origin == Origin::rollout) candidate.placed_in = release->id;
    return of_an_order(firmware::Eligibility(*catalog, candidate), *release, upgrade.origin);
}

Result<Facts> facts_of(Tx const& tx, Means const& means, Subject const& subject,
                       firmware::Release const* release, Surroundings const& surroundings,
                       Asking asking) {
    auto const& device = subject.device;
    auto const& active = subject.active;
    auto const now = surroundings.now();
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    TRY_ASSIGN(auto candidate, firmware::candidate(tx, *catalog, device));
    if (active && active->origin == Origin::rollout) candidate.placed_in = active->release_id;
    firmware::Eligibility const eligibility(*catalog, candidate);
    Facts facts;
    facts.offer = eligibility.offer();
    facts.wish = surroundings.wish_of(device.open_id, device.did);
    // A time from before the creation belongs to an earlier device with the same did.
    auto const sign = last_sign(means.presence, device.did, device.last_seen);
    if (sign >= device.created_at) facts.last_sign = sign;
    bool const its_own = active && release != nullptr && active->release_id == release->id;
    facts.reasons.set(Reason::active_upgrade, active.has_value());
    if (its_own && active->state != State::queued) return facts;

    if (release == nullptr) {
        facts.reasons.add(Reason::no_release);
    } else {
        auto const beginning = beginning_of(subject.starting);
        facts.reasons.add(its_own ? of_an_order(eligibility, *release, active->origin)
                                  : eligibility.kept_from(*release, beginning));
        facts.rollout = firmware::find_rollout(*catalog, release->id);
        facts.later = eligibility.runs_now();
        bool const overtaken = !its_own && facts.offer != nullptr && release < facts.offer;
        if (overtaken) facts.later = facts.offer;
        if (overtaken) facts.reasons.add(Reason::newer_version);
    }
    facts.reasons.add(policy_facts(facts.wish));
    if (release != nullptr) {
        TRY(add_rollout_facts(tx, means, subject, candidate, *release, now, facts));
    }
    if (its_own || !active) {
        auto const mine = its_own ? active->id : not_yet_opened;
        auto const created_at = its_own ? active->created_at : now;
        TRY_ASSIGN(bool const turn, surroundings.is_turn_of(tx, device, mine, created_at));
        facts.reasons.set(Reason::gateway_turn, !turn);
    }
    TRY(add_start_facts(tx, means, subject, release, asking, now, facts));
    return facts;
}

}  // namespace updraft::upgrade
