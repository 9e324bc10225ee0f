#include "firmware/offer.h"

#include <algorithm>
#include <ranges>

namespace updraft::firmware {
namespace {

bool installs_on(Release const& release, Version const& current) {
    auto const& required = release.requires_version;
    return required.empty() || std::ranges::find(required, current) != required.end();
}

}  // namespace

Release const* offer(Catalog const& catalog, Version const& current) {
    if (!catalog.model.upgradable) return nullptr;
    for (auto const& release : std::views::reverse(catalog.releases)) {
        // The remaining releases are older than the device's version. That holds also when that
        // version was withdrawn: a device is never offered an older version.
        if (release.version == current) return nullptr;
        if (release.state == ReleaseState::released && installs_on(release, current)) {
            return &release;
        }
    }
    return nullptr;
}

}  // namespace updraft::firmware
