#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {
namespace {

constexpr Argument webhook_in_path{"webhook-id,--webhook-id", "webhookId", Place::path, required,
                                   "Its id."};

}  // namespace

std::vector<Command> push_commands() {
    return {
        {.noun = "push",
         .verb = "list",
         .meaning = "List pushes, the newest first.",
         .method = "GET",
         .path = "/admin/v1/pushes",
         .arguments = {{"--appid", "appid", Place::query, optional, "Only to that app."},
                       {"--did", "did", Place::query, optional, "Only about that device."},
                       {"--state", "state", Place::query, optional, "pending, delivered or dead."},
                       {"--msg-type", "msgType", Place::query, optional,
                        "Only of that type, such as ota_upgrade_result."},
                       since_filter,
                       until_filter},
         .shape = Shape::columns,
         .columns = {"webhookId", "appid", "did", "msgType", "state", "attempts", "nextAttemptAt",
                     "deliveredAt"}},
        {.noun = "push",
         .verb = "show",
         .meaning = "Show one push with its attempts.",
         .method = "GET",
         .path = "/admin/v1/pushes/{webhookId}",
         .arguments = {webhook_in_path}},
        {.noun = "push",
         .verb = "test",
         .meaning = "Send an app an example message now. Exit status 1: it was not acknowledged.",
         .method = "POST",
         .path = "/admin/v1/apps/{appid}/push/test",
         .arguments = {appid_in_path,
                       {"--msg-type", "msgType", Place::text, required,
                        "Type of the message, such as ota_upgrade_result."}},
         .shape = Shape::verdict},
        {.noun = "push",
         .verb = "replay",
         .meaning = "Send one push again.",
         .method = "POST",
         .path = "/admin/v1/pushes/{webhookId}/replay",
         .arguments = {webhook_in_path}},
        {.noun = "push",
         .verb = "replay-all",
         .meaning = "Send again all pushes of an app in a span of time.",
         .method = "POST",
         .path = "/admin/v1/apps/{appid}/push/replay",
         .arguments = {appid_in_path,
                       {"--since", "since", Place::text, required,
                        "Written at or after this time (RFC 3339)."},
                       {"--until", "until", Place::text, required,
                        "Written before this time (RFC 3339)."}}},
    };
}

}  // namespace updraft::cli
