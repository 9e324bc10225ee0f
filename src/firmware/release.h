// A firmware release: one version of one model, from draft to withdrawal.
//
// Lives here: the noun, and the catalog of a model that offers are chosen from.
// Not here:   choosing (firmware/offer.h), publishing (firmware/publish.h), rows
// (ports/releases_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "firmware/artifact.h"
#include "fleet/model.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::firmware {

enum class ReleaseState : std::uint8_t { draft, released, withdrawn };

struct Release {
    ReleaseId id;
    ModelName model;
    Version version;
    std::string update_log;
    std::string release_date;               // YYYY-MM-DD as given; if absent, the day of release.
    std::vector<Version> requires_version;  // Empty: installs on anything.
    std::string file_name;
    std::optional<Artifact> artifact;  // Absent until a file was uploaded.
    ReleaseState state = ReleaseState::draft;
    std::int64_t order = 0;  // Position among all releases; 0 while a draft.
    Instant created_at;
    std::optional<Instant> released_at;
};

// What offers of one model are chosen from. Immutable once built; shared between threads.
struct Catalog {
    fleet::Model model;
    std::vector<Release> releases;  // Released and withdrawn ones, oldest release first.
};

}  // namespace updraft::firmware
