// The commands of each noun.
//
// Lives here: one table for each noun; each is in the file of its name.
//
// Not here:   the types and the whole table (cli/commands.h).
#pragma once

#include <vector>

#include "cli/commands.h"

namespace updraft::cli {

[[nodiscard]] std::vector<Command> app_commands();
[[nodiscard]] std::vector<Command> audit_commands();
[[nodiscard]] std::vector<Command> device_commands();
[[nodiscard]] std::vector<Command> firmware_commands();
[[nodiscard]] std::vector<Command> grant_commands();  // Also of the noun "authorization".
[[nodiscard]] std::vector<Command> hold_commands();
[[nodiscard]] std::vector<Command> model_commands();
[[nodiscard]] std::vector<Command> operator_commands();
[[nodiscard]] std::vector<Command> order_commands();
[[nodiscard]] std::vector<Command> push_commands();
[[nodiscard]] std::vector<Command> rollout_commands();
[[nodiscard]] std::vector<Command> token_commands();
[[nodiscard]] std::vector<Command> upgrade_commands();

}  // namespace updraft::cli
