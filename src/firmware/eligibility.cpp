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

Eligibility::Eligibility(Catalog const& catalog, Version const& current,
                         std::optional<ReleaseId> offers_after)
    : catalog_(catalog),
      current_(current),
      runs_now_(running(catalog, current)),
      after_(offers_after ? find_release(catalog, *offers_after) : nullptr) {}

bool Eligibility::installs(Release const& release) const {
    auto const& required = release.requires_version;
    return required.empty() || std::ranges::any_of(required, [&](Version const& one) {
               return is_same_version(one, current_) ||
                      (runs_now_ != nullptr && running(catalog_, one, runs_now_) == runs_now_);
           });
}

// The releases of a catalog lie in order of release, so their places can be compared.
Reasons Eligibility::kept_from(Release const& release) const {
    Reasons reasons;
    reasons.set(Reason::no_release, release.state != ReleaseState::released);
    reasons.set(Reason::not_upgradable, !catalog_.model.upgradable);
    reasons.set(Reason::already_on_version, &release == runs_now_);
    reasons.set(Reason::newer_version, runs_now_ != nullptr && &release < runs_now_);
    reasons.set(Reason::offers_after, after_ != nullptr && &release <= after_);
    reasons.set(Reason::needs_stepping_stone, &release != runs_now_ && !installs(release));
    reasons.set(Reason::held, is_held(catalog_, release.id));
    reasons.set(Reason::availability_nobody, release.availability == Availability::nobody);
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
