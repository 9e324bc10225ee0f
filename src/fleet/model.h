// What is true of every device of one model.
//
// Lives here: the noun; a model that nobody declared has these defaults.
// Not here:   its releases (firmware/release.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vocabulary/ids.h"

namespace updraft::fleet {

enum class SuccessCriterion : std::uint8_t {
    report,   // The device says closed/success.
    version,  // And then reports the target version.
};

struct Model {
    ModelName name;
    std::string display_name;
    bool upgradable = true;  // False: orders answer 912.
    SuccessCriterion success = SuccessCriterion::report;
    std::optional<std::int64_t> polling_seconds;  // Else the configured interval.
    std::string chunk_part = "os";                // Zephyr's client wants "bApp".
};

}  // namespace updraft::fleet
