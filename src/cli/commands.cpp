#include "cli/commands.h"

#include <array>

#include "cli/nouns/tables.h"

namespace updraft::cli {
namespace {

// A list has its pages, and a command that asks a question can be told not to.
Command completed(Command command) {
    if (command.shape == Shape::columns) {
        for (auto const& argument : {page_limit, page_cursor, all_pages}) {
            command.arguments.push_back(argument);
        }
    }
    if (!command.question.empty()) command.arguments.push_back(yes);
    return command;
}

std::vector<Command> all_commands() {
    std::vector<Command> all;
    for (auto const& table : {app_commands(), grant_commands(), device_commands(), model_commands(),
                              firmware_commands(), hold_commands(), rollout_commands(),
                              order_commands(), upgrade_commands(), push_commands(),
                              operator_commands(), token_commands(), audit_commands()}) {
        for (auto const& command : table) all.push_back(completed(command));
    }
    return all;
}

}  // namespace

std::span<Command const> commands() {
    static std::vector<Command> const all = all_commands();
    return all;
}

std::span<Noun const> nouns() {
    static constexpr auto all = std::to_array<Noun>({
        {"app", "Third-party apps."},
        {"grant", "Permissions of apps to act for users."},
        {"authorization", "Codes for the OAuth code flow."},
        {"device", "Devices."},
        {"model", "Properties of all devices of a model."},
        {"firmware", "Firmware, from draft to withdrawal."},
        {"hold", "Stop the upgrades of a model, of a release, or all."},
        {"rollout", "Bring a release to its devices carefully."},
        {"order", "Orders of upgrades."},
        {"upgrade", "Upgrades of single devices."},
        {"push", "Push messages to apps."},
        {"operator", "Operators: who may do what."},
        {"token", "Tokens of operators."},
        {"audit", "What was done, by whom."},
    });
    return all;
}

std::span<std::string_view const> other_names(std::string_view verb) {
    static constexpr auto of_set = std::to_array<std::string_view>({"update", "change", "patch"});
    static constexpr auto of_delete = std::to_array<std::string_view>({"remove"});
    static constexpr auto of_revoke = std::to_array<std::string_view>({"delete", "remove"});
    if (verb == "set") return of_set;
    if (verb == "delete") return of_delete;
    if (verb == "revoke") return of_revoke;
    return {};
}

}  // namespace updraft::cli
