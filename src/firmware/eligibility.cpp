#include "firmware/eligibility.h"

#include <algorithm>
#include <ranges>

#include "firmware/running.h"
#include "vocabulary/version_spelling.h"

namespace updraft::firmware {

Release const* find_release(Catalog const& catalog, ReleaseId id) {
    auto const found = std::ranges::find(catalog.releases, id, &Release::id);
    return found == catalog.releases.end() ? nullptr : &*found;
}

bool is_held(Catalog const& catalog, ReleaseId id) {
    return std::ranges::any_of(catalog.holds, [&](Hold const& hold) { return hold.covers(id); });
}

rollout::Rollout const* find_rollout(Catalog const& catalog, ReleaseId id) {
    auto const found = std::ranges::find(catalog.rollouts, id, &rollout::Rollout::release);
    return found == catalog.rollouts.end() ? nullptr : &*found;
}

Eligibility::Eligibility(Catalog const& catalog, Candidate const& device)
    : catalog_(catalog),
      device_(device),
      runs_now_(running(catalog, device.device->version)),
      after_(device.device->offers_after ? find_release(catalog, *device.device->offers_after)
                                         : nullptr) {}

bool Eligibility::installs(Release const& release) const {
    auto const& required = release.requires_version;
    return required.empty() || std::ranges::any_of(required, [&](Version const& one) {
               return is_same_version(one, device_.device->version) ||
                      (runs_now_ != nullptr && running(catalog_, one, runs_now_) == runs_now_);
           });
}

// While a rollout is halted, its release is available to nobody, and the first reason says why.
Reasons Eligibility::of_availability(Release const& release, Beginning beginning) const {
    Reasons reasons;
    auto const* const decides = find_rollout(catalog_, release.id);
    bool const by_itself = beginning == Beginning::by_itself;
    if (release.availability == Availability::everyone && !by_itself) return reasons;
    reasons.set(Reason::availability_nobody,
                release.availability == Availability::nobody || decides == nullptr);
    if (decides == nullptr) return reasons;
    std::vector<Version> names;
    if (decides->audience.from_versions && runs_now_ != nullptr) {
        names = runs_now_->reported_as;
        names.push_back(runs_now_->version);
    }
    rollout::Subject const subject{
        .device = *device_.device, .also_runs = names, .attributes = &device_.attributes};
    auto const holding =
        device_.placed_in == release.id ? rollout::Holding::a_place : rollout::Holding::no_place;
    reasons.add(rollout::coverage(*decides, subject, beginning, holding).reasons);
    return reasons;
}

// The releases of a catalog lie in order of release, so their places can be compared.
Reasons Eligibility::kept_from(Release const& release, Beginning beginning) const {
    Reasons reasons;
    reasons.set(Reason::no_release, release.state != ReleaseState::released);
    reasons.set(Reason::not_upgradable, !catalog_.model.upgradable);
    reasons.set(Reason::already_on_version, &release == runs_now_);
    reasons.set(Reason::newer_version, runs_now_ != nullptr && &release < runs_now_);
    reasons.set(Reason::offers_after, after_ != nullptr && &release <= after_);
    reasons.set(Reason::needs_stepping_stone, &release != runs_now_ && !installs(release));
    reasons.set(Reason::held, is_held(catalog_, release.id));
    reasons.add(of_availability(release, beginning));
    return reasons;
}

Release const* Eligibility::offer() const {
    if (!catalog_.model.upgradable) return nullptr;
    for (auto const& release : std::views::reverse(catalog_.releases)) {
        // The remaining releases are older.
        if (&release == runs_now_ || &release == after_) return nullptr;
        if (kept_from(release).empty()) return &release;
    }
    return nullptr;
}

}  // namespace updraft::firmware
