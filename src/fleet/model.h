// A model: the settings that all its devices share.
//
// Lives here: the type. Its defaults are the settings of a model that was not declared.
//
// Not here:   its releases (firmware/release.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"

namespace updraft::fleet {

enum class SuccessCriterion : std::uint8_t {
    report,   // The device reports success.
    version,  // The device reports success, and then the target version.
};

// The names of criteria in the admin API and in the store, in the order of SuccessCriterion.
inline constexpr EnumWords<2> success_criterion_words{"report", "version"};

[[nodiscard]] constexpr std::string_view word(SuccessCriterion criterion) {
    return word_in(success_criterion_words, criterion);
}
[[nodiscard]] constexpr std::optional<SuccessCriterion> read_success_criterion(
    std::string_view text) {
    return value_in<SuccessCriterion>(success_criterion_words, text);
}

struct Model {
    ModelName name;
    std::string display_name;
    bool upgradable = true;  // False: orders answer 912.
    SuccessCriterion success = SuccessCriterion::report;
    std::optional<std::int64_t> polling_seconds;  // Absent: the configured interval.
    std::string chunk_part = "os";                // DDI's `part`; Zephyr's client needs "bApp".
    std::string release_plan;                     // A JSON object; empty: none.
    std::int64_t approvals_min = 0;               // 0 or 1.
    std::string mqtt_operation = "install";       // `operation` of a job document.
};

}  // namespace updraft::fleet
