#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {

std::vector<Command> upgrade_commands() {
    return {
        {.noun = "upgrade",
         .verb = "list",
         .meaning = "List upgrades, the newest first.",
         .method = "GET",
         .path = "/admin/v1/upgrades",
         .arguments = {{"--did", "did", Place::query, optional, "Only of that device."},
                       {"--model", "model", Place::query, optional, "Only of that model."},
                       {"--state", "state", Place::query, optional, "Only in that state."},
                       {"--cause", "cause", Place::query, optional,
                        "Only that failed for that cause, a word such as no_space."},
                       {"--order-id", "orderId", Place::query, optional, "Only of that order."},
                       {"--firmware-id", "firmwareId", Place::query, optional,
                        "Only to that release."},
                       {"--rollout-id", "rolloutId", Place::query, optional,
                        "Only of that rollout."},
                       {"--open-id", "openId", Place::query, optional, "Only of that user."},
                       since_filter,
                       until_filter},
         .shape = Shape::columns,
         .columns = {"id", "did", "deviceModel", "fromVersion", "firmwareVersion", "state",
                     "progress", "cause", "createdAt"}},
        {.noun = "upgrade",
         .verb = "show",
         .meaning = "Show one upgrade with its history.",
         .method = "GET",
         .path = "/admin/v1/upgrades/{id}",
         .arguments = {id_in_path}},
        {.noun = "upgrade",
         .verb = "cancel",
         .meaning = "Cancel an upgrade. A device that has begun is asked to stop.",
         .method = "POST",
         .path = "/admin/v1/upgrades/{id}/cancel",
         .arguments = {id_in_path,
                       {"--force", "force", Place::flag, optional,
                        "End it at once, without asking the device."}},
         .question = "Cancel upgrade {id}?"},
    };
}

}  // namespace updraft::cli
