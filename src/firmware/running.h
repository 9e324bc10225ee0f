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

// True when a device that reports `reported` runs `release`: it is the release's version, one of
// its `reported_as`, or what its file says of itself.
[[nodiscard]] bool runs(Release const& release, Version const& reported);

// The release of the catalog that a device with that version runs; nullptr when there is none.
// What a release is called counts more than what a file says of itself, because several files may
// say the same; among several of them the newest one is meant. Points into `catalog`.
[[nodiscard]] Release const* running(Catalog const& catalog, Version const& reported);

// True when both are spellings of one version, or devices with them run the same release.
[[nodiscard]] bool is_same_software(Catalog const& catalog, Version const& a, Version const& b);

}  // namespace updraft::firmware
