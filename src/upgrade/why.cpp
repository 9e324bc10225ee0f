#include "upgrade/why.h"

#include <algorithm>
#include <ranges>

#include "firmware/eligibility.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "upgrade/admission.h"
#include "vocabulary/if_found.h"

namespace updraft::upgrade {
namespace {

// The time of the hold that has covered the release for the longest time.
std::optional<Instant> held_since(firmware::Catalog const& catalog, ReleaseId id) {
    std::optional<Instant> since;
    for (auto const& hold : catalog.holds) {
        if (hold.covers(id) && (!since || hold.created_at < *since)) since = hold.created_at;
    }
    return since;
}

std::optional<Instant> changed_at(firmware::Release const* release) {
    if (release == nullptr) return std::nullopt;
    return release->changed_at ? release->changed_at : release->released_at;
}

// When its state or its open wave last changed.
std::optional<Instant> changed_at(rollout::Rollout const* rollout) {
    if (rollout == nullptr) return std::nullopt;
    auto changed = rollout->changed_at ? rollout->changed_at : rollout->created_at;
    if (rollout->wave && *rollout->wave < rollout->waves.size()) {
        changed = std::max(changed, rollout->waves[*rollout->wave].opened_at);
    }
    return changed;
}

struct Asked {
    Subject const& subject;
    firmware::Catalog const& catalog;
    firmware::Release const* release;
    Facts const& facts;
    Instant now;
};

// When what the reason names last changed; nothing where that is not recorded.
std::optional<Instant> last_change(Reason reason, Asked const& asked) {
    switch (reason) {
        case Reason::no_release:
        case Reason::availability_nobody:
        case Reason::needs_stepping_stone:
        case Reason::already_on_version:
        case Reason::not_ordered:
            return changed_at(asked.release);
        case Reason::newer_version:
            return changed_at(asked.facts.later);
        case Reason::held:
            return held_since(asked.catalog, asked.release->id);
        case Reason::policy_off:
            return asked.facts.wish.policy.changed_at;
        case Reason::upgrade_hours:
            return std::max(asked.facts.wish.hours->since, asked.facts.wish.policy.changed_at);
        case Reason::active_upgrade:
            return asked.subject.active->created_at;
        case Reason::halted:
        case Reason::paused:
        case Reason::not_in_audience:
        case Reason::excluded:
        case Reason::wave_not_yet:
        case Reason::no_room:
        case Reason::rate:
            return changed_at(asked.facts.rollout);
        case Reason::retry_later:
            if (asked.facts.place) return asked.facts.place->judged_at;
            return std::nullopt;
        case Reason::window:
            if (asked.facts.window) return asked.facts.window->since;
            return std::nullopt;
        case Reason::not_polled:
            return asked.facts.last_sign ? asked.facts.last_sign : asked.subject.device.created_at;
        default:
            return std::nullopt;
    }
}

std::optional<Instant> end_of(Reason reason, Asked const& asked) {
    auto const* const rollout = asked.facts.rollout;
    if (reason == Reason::retry_later) return asked.facts.retry_at;
    if (reason == Reason::window && asked.facts.window) return asked.facts.window->next;
    if (reason == Reason::wave_not_yet && rollout != nullptr && !rollout->started_at) {
        return rollout->start_at;
    }
    if (reason == Reason::upgrade_hours) return asked.facts.wish.hours->next;
    if (reason == Reason::rate) return Instant{(asked.now.ms / minute_ms + 1) * minute_ms};
    return std::nullopt;
}

Held held(Reason reason, Asked const& asked, std::optional<Instant> ordered_at) {
    auto since = last_change(reason, asked);
    if (ordered_at && (!since || *since < *ordered_at)) since = ordered_at;
    return {.reason = reason, .since = since, .next = end_of(reason, asked)};
}

// True when nothing but the device's request is lacking.
bool starts_for_a_device(Reasons holding) {
    holding.remove(Reason::not_polled);
    return holding.empty();
}

// The newest one that is released; nullptr when there is none.
firmware::Release const* newest(firmware::Catalog const& catalog) {
    for (auto const& release : std::views::reverse(catalog.releases)) {
        if (release.state == firmware::ReleaseState::released) return &release;
    }
    return nullptr;
}

// The queued ones among `upgrades`, with their devices.
Result<std::vector<Subject>> queued_ones(Tx const& tx, std::span<Upgrade const> upgrades) {
    std::map<Did, Upgrade const*> queued;
    std::vector<Did> dids;
    for (auto const& upgrade : upgrades) {
        if (upgrade.state != State::queued) continue;
        if (queued.emplace(upgrade.did, &upgrade).second) dids.push_back(upgrade.did);
    }
    TRY_ASSIGN(auto devices, tx.devices().find_many(dids));
    std::vector<Subject> subjects;
    subjects.reserve(devices.size());
    for (auto& device : devices) {
        auto const& upgrade = *queued.at(device.did);
        subjects.push_back({.device = std::move(device), .active = upgrade});
    }
    return subjects;
}

}  // namespace

// The reasons that need no query come first, so that most refusals cost none.
Result<std::optional<Reason>> held_back(Tx const& tx, Means const& means,
                                        fleet::Device const& device, Upgrade const& upgrade,
                                        Instant now) {
    TRY_ASSIGN(auto const facts, release_facts_of(tx, device, upgrade));
    if (auto const reason = holding_back(facts, start_of(upgrade)).first()) return reason;
    Subject const subject{.device = device, .active = upgrade};
    TRY_ASSIGN(auto const surroundings,
               Surroundings::of(tx, means, std::span(&subject, 1),
                                Surroundings::Policies::where_they_count, now));
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(upgrade.model));
    auto const* const release = firmware::find_release(*catalog, upgrade.release_id);
    TRY_ASSIGN(auto all, facts_of(tx, means, subject, release, surroundings, Asking::device));
    all.reasons.remove(Reason::active_upgrade);
    return holding_back(all.reasons, start_of(upgrade)).first();
}

Result<std::map<UpgradeId, Held>> waiting_for(Tx const& tx, Means const& means,
                                              std::span<Upgrade const> upgrades, Instant now) {
    std::map<UpgradeId, Held> answers;
    TRY_ASSIGN(auto const subjects, queued_ones(tx, upgrades));
    if (subjects.empty()) return answers;
    TRY_ASSIGN(
        auto const surroundings,
        Surroundings::of(tx, means, subjects, Surroundings::Policies::where_they_count, now));
    for (auto const& subject : subjects) {
        auto const& upgrade = *subject.active;
        TRY_ASSIGN(auto const catalog, tx.releases().catalog(upgrade.model));
        auto const* const release = firmware::find_release(*catalog, upgrade.release_id);
        TRY_ASSIGN(auto facts, facts_of(tx, means, subject, release, surroundings, Asking::others));
        facts.reasons.remove(Reason::active_upgrade);
        auto const reason = holding_back(facts.reasons, start_of(upgrade)).first();
        if (!reason) continue;
        Asked const asked{subject, *catalog, release, facts, now};
        answers.emplace(upgrade.id, held(*reason, asked, upgrade.created_at));
    }
    return answers;
}

Result<Why> why(Tx const& tx, Means const& means, Did const& did, std::optional<ReleaseId> wanted,
                Instant now) {
    Subject subject;
    TRY_ASSIGN(subject.device, existing(tx.devices().find(did), "device", did.value));
    TRY_ASSIGN(subject.active, tx.upgrades().active_of(did));
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(subject.device.model));
    Why answer{.release = wanted};
    firmware::Release const* release = nullptr;
    if (wanted) {
        TRY(existing(tx.releases().find(*wanted), "firmware", std::to_string(wanted->value)));
        release = firmware::find_release(*catalog, *wanted);
    } else {
        release = newest(*catalog);
        if (release != nullptr) answer.release = release->id;
    }
    TRY_ASSIGN(auto const surroundings, Surroundings::of(tx, means, std::span(&subject, 1),
                                                         Surroundings::Policies::of_all, now));
    bool const its_own =
        subject.active && release != nullptr && subject.active->release_id == release->id;
    TRY_ASSIGN(auto facts, facts_of(tx, means, subject, release, surroundings, Asking::others));
    answer.holding = holding_back(facts.reasons, its_own ? start_of(*subject.active) : Start{});
    // Of what could start it, the rollout comes first; auto-upgrade counts where it could start it.
    bool const installs = facts.rollout != nullptr && starts_upgrades(*catalog, *facts.rollout);
    if (!its_own && installs && !starts_for_a_device(answer.holding)) {
        subject.starting = Origin::rollout;
        TRY_ASSIGN(facts, facts_of(tx, means, subject, release, surroundings, Asking::others));
        answer.holding = holding_back(facts.reasons, Start{.origin = Origin::rollout});
    }
    answer.offered = release != nullptr && facts.offer == release;
    if (auto const reason = answer.holding.first()) {
        Asked const asked{subject, *catalog, release, facts, now};
        std::optional<Instant> ordered_at;
        if (its_own) ordered_at = subject.active->created_at;
        answer.held = held(*reason, asked, ordered_at);
    }
    return answer;
}

}  // namespace updraft::upgrade
