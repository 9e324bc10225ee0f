// Which release a device runs, from the version that it reports.
//
// Lives here: the names of a release, and which of several releases is meant
//             (docs/admin-api.md#one-version-in-two-spellings).
//
// Not here:   spellings of one version (vocabulary/version_spelling.h), how a file's own version is
//             compared (firmware/agreement.h).
#pragma once

#include "firmware/release.h"

namespace updraft::firmware {

// True when the text is the release's version or one of its `reported_as`, in any spelling.
[[nodiscard]] bool is_called(Release const& release, Version const& reported);

// The release of the catalog that a device runs when it reports `reported` and is known to have run
// `before` (one of the catalog; nullptr: nothing is known); nullptr when there is none. A text that
// fits several releases means the first one of these:
// 1. the one that has it as its version or in its `reported_as` (of several, the newest);
// 2. `before`, when its file says so;
// 3. the newest one whose file says so plainly (firmware/agreement.h);
// 4. the newest one whose file says so.
// So what a file says proves a change only when the file of `before` does not say the same. Points
// into `catalog`.
[[nodiscard]] Release const* running(Catalog const& catalog, Version const& reported,
                                     Release const* before = nullptr);

// True when both are spellings of one version, or devices with them run the same release.
[[nodiscard]] bool is_same_software(Catalog const& catalog, Version const& a, Version const& b);

}  // namespace updraft::firmware
