// What the demo prints: who owns what, and commands to try.
//
// Lives here: the text.
//
// Not here:   setting up the users and devices (app/commands/demo_stage.h).
#pragma once

#include <string>

#include "app/commands/demo_stage.h"
#include "vocabulary/secret.h"

namespace updraft::app {

// Each call of the open API as a `curl` line with valid credentials, and some operator commands;
// `program` is the path of this program.
[[nodiscard]] std::string demo_guide(std::string const& origin, DemoStage const& stage,
                                     Secret const& admin_token, std::string const& program);

}  // namespace updraft::app
