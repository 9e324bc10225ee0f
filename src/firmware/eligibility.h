// Which releases of its model a device can be given, and why not the others. Pure.
//
// Lives here: the reasons that concern a device and a release alone (wire contract 6.8), those of a
//             rollout among them.
//
// Not here:   which release is offered (firmware/offer.h), who is in an audience and in a wave
//             (rollout/coverage.h), the reasons that concern an upgrade or its time
//             (upgrade/facts.h).
#pragma once

#include "firmware/candidate.h"
#include "firmware/release.h"
#include "rollout/coverage.h"
#include "vocabulary/reason.h"

namespace updraft::firmware {

using rollout::Beginning;

// The releases of one catalog, for a device of its model. Both must outlive this object.
class Eligibility {
public:
    Eligibility(Catalog const& catalog, Candidate const& device);
    // A temporary would not outlive it.
    Eligibility(Catalog const& catalog, Candidate&& device) = delete;

    // All reasons that keep `release`, which must be one of the catalog's, from the device. Not
    // among them: that a later release is offered.
    [[nodiscard]] Reasons kept_from(Release const& release,
                                    Beginning beginning = Beginning::by_user) const;
    // The newest release that nothing keeps from the device; nullptr when there is none. An older
    // one than what the device runs is never offered, also when that was withdrawn.
    [[nodiscard]] Release const* offer() const;
    // The release that the device runs; nullptr when it is not in the catalog.
    [[nodiscard]] Release const* runs_now() const { return runs_now_; }

private:
    [[nodiscard]] bool installs(Release const& release) const;
    [[nodiscard]] Reasons of_availability(Release const& release, Beginning beginning) const;

    Catalog const& catalog_;
    Candidate const& device_;
    Release const* runs_now_;
    Release const* after_;  // Of Device::offers_after; nullptr: none.
};

// The release of that id in the catalog; nullptr when it is not there.
[[nodiscard]] Release const* find_release(Catalog const& catalog, ReleaseId id);

// The rollout of the catalog that decides about that release; nullptr when there is none.
[[nodiscard]] rollout::Rollout const* find_rollout(Catalog const& catalog, ReleaseId id);

// True when a hold in the catalog covers the release.
[[nodiscard]] bool is_held(Catalog const& catalog, ReleaseId id);

}  // namespace updraft::firmware
