// A firmware release: one version of one model, from draft to withdrawal.
//
// Lives here: the type, and the catalog of a model that offers are chosen from.
//
// Not here:   choosing (firmware/offer.h), publishing (firmware/publish.h), rows
//             (ports/releases_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "firmware/artifact.h"
#include "firmware/version_inside.h"
#include "fleet/model.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::firmware {

enum class ReleaseState : std::uint8_t { draft, released, withdrawn };

// The names of release states in the admin API and in the store, in the order of ReleaseState.
inline constexpr EnumWords<3> release_state_words{"draft", "released", "withdrawn"};

[[nodiscard]] constexpr std::string_view word(ReleaseState state) {
    return word_in(release_state_words, state);
}
[[nodiscard]] constexpr std::optional<ReleaseState> read_release_state(std::string_view text) {
    return value_in<ReleaseState>(release_state_words, text);
}

struct Release {
    ReleaseId id;
    ModelName model;
    Version version;
    std::vector<Version> reported_as = {};  // Further versions under which devices report it.
    std::string update_log;
    std::string release_date;               // YYYY-MM-DD: as given, otherwise the day of release.
    std::vector<Version> requires_version;  // Empty: installs on every version.
    std::string file_name;
    std::optional<Artifact> artifact;  // Absent until a file is uploaded.
    VersionInside inside = {};         // From the artifact's image; the store fills it in.
    ReleaseState state = ReleaseState::draft;
    std::int64_t order = 0;  // Position among all releases; 0 while a draft.
    Instant created_at;
    std::optional<Instant> released_at;
};

// A model and its releases. Not changed after it was built, so threads may share it.
struct Catalog {
    fleet::Model model;
    std::vector<Release> releases;  // Released and withdrawn ones, oldest release first.
};

}  // namespace updraft::firmware
