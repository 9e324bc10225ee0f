#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {
namespace {

constexpr Argument device_name{"--name", "name", Place::text, optional,
                               "Name that its user gave it."};
constexpr Argument device_user{"--open-id", "openId", Place::text, optional,
                               "User that it belongs to."};
constexpr Argument device_gateway{"--gateway-did", "gatewayDid", Place::text, optional,
                                  "Gateway that it is connected through."};
constexpr Argument device_tags{"--tags", "tags", Place::texts, optional,
                               "Words of your own, at most 16, of a-z, 0-9, _, . and -."};

Command put_command() {
    return {.noun = "device",
            .verb = "put",
            .meaning =
                "Enrol a device, or replace all that is known of it. The token of a new one "
                "is shown only now.",
            .method = "PUT",
            .path = "/admin/v1/devices/{did}",
            .arguments = {did_in_path,
                          {"--model", "deviceModel", Place::text, required, "Model of the device."},
                          {"--firmware-version", "firmwareVersion", Place::text, required,
                           "Version that it runs."},
                          device_name,
                          device_user,
                          device_gateway,
                          device_tags,
                          {"--replace", "", Place::local, optional,
                           "Replace an existing device even if it loses its user, its gateway, its "
                           "name, its tags or its active upgrade."}}};
}

Command set_command() {
    return {.noun = "device",
            .verb = "set",
            .meaning = "Change what is named of a device, and nothing else.",
            .method = "PATCH",
            .path = "/admin/v1/devices/{did}",
            .arguments = {
                did_in_path,
                {"--model", "deviceModel", Place::text, optional, "Model of the device."},
                {"--firmware-version", "firmwareVersion", Place::text, optional,
                 "Version that it runs."},
                device_name,
                device_user,
                {"--unbind", "openId", Place::null, optional, "Remove the binding to its user."},
                device_gateway,
                {"--no-gateway", "gatewayDid", Place::null, optional,
                 "It is connected through no gateway any more."},
                device_tags,
                {"--no-tags", "tags", Place::null, optional, "Remove all its tags."},
                {"--no-offers-after", "offersAfter", Place::null, optional,
                 "Offer it again what an order of an older release holds back."}}};
}

Command list_command() {
    return {
        .noun = "device",
        .verb = "list",
        .meaning = "List devices.",
        .method = "GET",
        .path = "/admin/v1/devices",
        .arguments = {{"--model", "model", Place::query, optional, "Only of that model."},
                      {"--open-id", "openId", Place::query, optional, "Only of that user."},
                      {"--gateway-did", "gatewayDid", Place::query, optional,
                       "Only behind that gateway."},
                      {"--version", "version", Place::query, optional, "Only with that version."},
                      {"--tag", "tag", Place::query, optional, "Only with that tag."},
                      {"-q,--q", "q", Place::query, optional, "Only if the did begins with this."},
                      {"--seen", "seen", Place::query, optional,
                       "on_time, late or silent: when it last polled, by its polling interval."},
                      {"--active", "active", Place::query, optional,
                       "true: only with an active upgrade. false: only without one."}},
        .shape = Shape::columns,
        .columns = {"did", "name", "deviceModel", "firmwareVersion", "openId", "activeUpgradeId",
                    "lastSeen", "tags"}};
}

}  // namespace

std::vector<Command> device_commands() {
    return {
        put_command(),
        set_command(),
        list_command(),
        {.noun = "device",
         .verb = "show",
         .meaning = "Show one device.",
         .method = "GET",
         .path = "/admin/v1/devices/{did}",
         .arguments = {did_in_path}},
        {.noun = "device",
         .verb = "why",
         .meaning = "Say what holds a device back from a release, and from the newest one without "
                    "--firmware-id.",
         .method = "GET",
         .path = "/admin/v1/devices/{did}/why",
         .arguments = {did_in_path,
                       {"--firmware-id", "firmwareId", Place::query, optional,
                        "Id of the release."}}},
        {.noun = "device",
         .verb = "timeline",
         .meaning = "List what happened to a device, the newest first.",
         .method = "GET",
         .path = "/admin/v1/devices/{did}/timeline",
         .arguments = {did_in_path},
         .shape = Shape::columns,
         .columns = {"at", "kind", "text", "upgradeId", "orderId", "webhookId"}},
        {.noun = "device",
         .verb = "delete",
         .meaning = "Remove a device.",
         .method = "DELETE",
         .path = "/admin/v1/devices/{did}",
         .arguments = {did_in_path},
         .shape = Shape::nothing,
         .question = "Remove device {did} with its token, and end its active upgrade?"},
        {.noun = "device",
         .verb = "refresh",
         .meaning = "Ask a device for its attributes again, at its next poll.",
         .method = "POST",
         .path = "/admin/v1/devices/{did}/refresh",
         .arguments = {did_in_path}},
        {.noun = "device",
         .verb = "token",
         .meaning = "Give a device a new token, shown only now. The old one stops working.",
         .method = "POST",
         .path = "/admin/v1/devices/{did}/token",
         .arguments = {did_in_path},
         .question = "Replace the token of device {did}?"},
        {.noun = "device",
         .verb = "import",
         .meaning = "Enrol many devices from a file with one JSON object, with its did, on each "
                    "line. A line replaces all that is known of a device that exists.",
         .method = "POST",
         .path = "/admin/v1/devices/import",
         .arguments = {{"file,--file", "file", Place::file, required,
                        "The file, or - for standard input."}},
         .shape = Shape::counts,
         .question = "Import {file}, and take user, gateway, name and tags from each device that "
                     "exists where its line does not name them?",
         .content_type = "application/x-ndjson"},
    };
}

}  // namespace updraft::cli
