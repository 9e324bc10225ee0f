// A firmware release: one version of one model, from draft to withdrawal.
//
// Lives here: the type, and the catalog of a model that offers are chosen from.
//
// Not here:   choosing (firmware/offer.h), publishing (firmware/publish.h), rows
//             (ports/releases_table.h), holds (firmware/hold.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "firmware/artifact.h"
#include "firmware/hold.h"
#include "firmware/version_inside.h"
#include "fleet/model.h"
#include "rollout/rollout.h"
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

// To whom a released firmware is available.
enum class Availability : std::uint8_t {
    everyone,
    rollout,  // Its rollout decides.
    nobody,
};

// The names of availabilities in the admin API and in the store, in the order of Availability.
inline constexpr EnumWords<3> availability_words{"everyone", "rollout", "nobody"};

[[nodiscard]] constexpr std::string_view word(Availability availability) {
    return word_in(availability_words, availability);
}
[[nodiscard]] constexpr std::optional<Availability> read_availability(std::string_view text) {
    return value_in<Availability>(availability_words, text);
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
    Availability availability = Availability::everyone;  // Meaningless while a draft.
    // When state or availability last changed; absent where that was not recorded.
    std::optional<Instant> changed_at = {};
    std::int64_t order = 0;  // Position among all releases; 0 while a draft.
    Instant created_at;
    std::optional<Instant> released_at;
};

// A model, its releases and what holds them back. Not changed after it was built, so threads may
// share it.
struct Catalog {
    fleet::Model model;
    std::vector<Release> releases;  // Released and withdrawn ones, oldest release first.
    std::vector<Hold> holds = {};   // Those that cover the model or one of its releases.
    // The newest rollout of each release, if it decides (rollout::decides()); in no promised order.
    std::vector<rollout::Rollout> rollouts = {};
};

}  // namespace updraft::firmware
