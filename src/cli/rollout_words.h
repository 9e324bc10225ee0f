// Short texts for the parts of a rollout's plan, and the JSON that they stand for.
//
// Lives here: waves, and the window.
//
// Not here:   the ranges of their values, which the server checks.
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace updraft::cli {

// "10:24h,5%:12h:approval,100%" as the list of waves. Errc::invalid names the part that is none.
[[nodiscard]] Result<std::string> waves_as_json(std::string_view text);

// "any", or "[DAYS,]HH:MM-HH:MM[,ZONE]", DAYS as in "mon-fri" or "sat"; without them every day.
// Without a zone "device". Errc::invalid says how it must look.
[[nodiscard]] Result<std::string> window_as_json(std::string_view text);

}  // namespace updraft::cli
