// What the demo tells a person: who is who, and lines to paste.
//
// Lives here: the printed text.
// Not here:   making what it speaks of (app/demo_stage.h).
#pragma once

#include <string>

#include "app/demo_stage.h"
#include "vocabulary/secret.h"

namespace updraft::app {

// Every call of the open API as a `curl` line with real credentials, and the operator's commands
// with `program` as the path of this one.
[[nodiscard]] std::string demo_guide(std::string const& origin, DemoStage const& stage,
                                     Secret const& admin_token, std::string const& program);

}  // namespace updraft::app
