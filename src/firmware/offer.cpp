#include "firmware/offer.h"

#include <algorithm>
#include <ranges>

#include "firmware/running.h"
#include "vocabulary/version_spelling.h"

namespace updraft::firmware {
namespace {

// `runs_now` is what a device with the version `current` runs.
bool installs_on(Catalog const& catalog, Release const& release, Version const& current,
                 Release const* runs_now) {
    auto const& required = release.requires_version;
    return required.empty() || std::ranges::any_of(required, [&](Version const& one) {
               return is_same_version(one, current) ||
                      (runs_now != nullptr && running(catalog, one, runs_now) == runs_now);
           });
}

}  // namespace

Release const* offer(Catalog const& catalog, Version const& current) {
    if (!catalog.model.upgradable) return nullptr;
    auto const* const runs_now = running(catalog, current);
    for (auto const& release : std::views::reverse(catalog.releases)) {
        // The remaining releases are older than the device's version. That holds also when that
        // version was withdrawn: a device is never offered an older version.
        if (&release == runs_now) return nullptr;
        if (release.state == ReleaseState::released &&
            installs_on(catalog, release, current, runs_now)) {
            return &release;
        }
    }
    return nullptr;
}

}  // namespace updraft::firmware
