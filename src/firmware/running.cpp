#include "firmware/running.h"

#include <algorithm>
#include <ranges>

#include "firmware/agreement.h"
#include "vocabulary/version_spelling.h"

namespace updraft::firmware {

bool is_called(Release const& release, Version const& reported) {
    return is_same_version(release.version, reported) ||
           std::ranges::any_of(release.reported_as, [&](Version const& other) {
               return is_same_version(other, reported);
           });
}

Release const* running(Catalog const& catalog, Version const& reported, Release const* before) {
    for (auto const& release : std::views::reverse(catalog.releases)) {
        if (is_called(release, reported)) return &release;
    }
    if (before != nullptr && file_says(before->inside, reported)) return before;
    for (auto const says : {file_says_plainly, file_says}) {
        for (auto const& release : std::views::reverse(catalog.releases)) {
            if (says(release.inside, reported)) return &release;
        }
    }
    return nullptr;
}

bool is_same_software(Catalog const& catalog, Version const& a, Version const& b) {
    if (is_same_version(a, b)) return true;
    auto const* const release = running(catalog, a);
    return release != nullptr && release == running(catalog, b);
}

}  // namespace updraft::firmware
