#include "cli/commands.h"

#include <array>

namespace updraft::cli {
namespace {

constexpr auto optional = Need::optional;
constexpr auto required = Need::required;

constexpr Argument appid_in_path{"appid,--appid", "appid", Place::path, required, "Id of the app."};
constexpr Argument did_in_path{"did,--did", "did", Place::path, required, "Id of the device."};
constexpr Argument id_in_path{"id,--id", "id", Place::path, required, "Its id."};
constexpr Argument limit{"--limit", "limit", Place::query, optional,
                         "Most items to list (1 to 500)."};
constexpr Argument cursor{"--cursor", "cursor", Place::query, optional,
                          "Continue after the page that ended with this cursor."};

std::vector<Command> app_commands() {
    Argument const push_url{"--push-url", "pushUrl", Place::text, optional,
                            "URL that receives its push messages."};
    Argument const push_events{"--push-events", "pushEvents", Place::texts, optional,
                               "Messages that it receives: ota_upgrade_progress, "
                               "ota_upgrade_result, ota_new_firmware, "
                               "ota_firmware_withdrawn."};
    return {
        {"app",
         "create",
         "Make an app. Its keys are shown only now.",
         "POST",
         "/admin/v1/apps",
         {{"name,--name", "name", Place::text, required, "Name of the app."},
          push_url,
          push_events}},
        {"app",
         "list",
         "List apps.",
         "GET",
         "/admin/v1/apps",
         {limit, cursor},
         Shape::columns,
         {"appid", "name", "disabled", "otaEnabled", "pushState", "pushUrl", "createdAt"}},
        {"app", "show", "Show one app.", "GET", "/admin/v1/apps/{appid}", {appid_in_path}},
        {"app",
         "set",
         "Change what is named of an app, and nothing else.",
         "PATCH",
         "/admin/v1/apps/{appid}",
         {appid_in_path,
          {"--name", "name", Place::text, optional, "Name of the app."},
          {"--disabled", "disabled", Place::truth, optional,
           "true: refuse all its calls. false: answer them."},
          {"--ota-enabled", "otaEnabled", Place::truth, optional,
           "Whether it may call the upgrade API: true or false."},
          push_url,
          {"--no-push-url", "pushUrl", Place::null, optional,
           "Remove the push URL: send it no more messages."},
          push_events}},
        {"app",
         "delete",
         "Remove an app with its grants and tokens.",
         "DELETE",
         "/admin/v1/apps/{appid}",
         {appid_in_path},
         Shape::nothing},
        {"app",
         "rotate",
         "Give an app a new Appkey and push secret. They are shown only now.",
         "POST",
         "/admin/v1/apps/{appid}/rotate",
         {appid_in_path,
          {"--grace-seconds", "graceSeconds", Place::number, optional,
           "How long the old keys stay valid."}}},
        {"app",
         "verify",
         "Verify the push URL of an app now. Exit status 1: it failed.",
         "POST",
         "/admin/v1/apps/{appid}/push/verify",
         {appid_in_path},
         Shape::verdict},
    };
}

std::vector<Command> device_commands() {
    Argument const name{"--name", "name", Place::text, optional, "Name that its user gave it."};
    Argument const open_id{"--open-id", "openId", Place::text, optional,
                           "User that it belongs to."};
    Argument const gateway{"--gateway-did", "gatewayDid", Place::text, optional,
                           "Gateway that it is connected through."};
    return {
        {"device",
         "put",
         "Enrol a device, or replace all that is known of it. The token of a new one is shown only "
         "now.",
         "PUT",
         "/admin/v1/devices/{did}",
         {did_in_path,
          {"--model", "deviceModel", Place::text, required, "Model of the device."},
          {"--firmware-version", "firmwareVersion", Place::text, required, "Version that it runs."},
          name,
          open_id,
          gateway,
          {"--replace", "", Place::local, optional,
           "Replace an existing device even if it loses its user, its gateway, its name or its "
           "active upgrade."}}},
        {"device",
         "set",
         "Change what is named of a device, and nothing else.",
         "PATCH",
         "/admin/v1/devices/{did}",
         {did_in_path,
          {"--model", "deviceModel", Place::text, optional, "Model of the device."},
          {"--firmware-version", "firmwareVersion", Place::text, optional, "Version that it runs."},
          name,
          open_id,
          {"--unbind", "openId", Place::null, optional, "Remove the binding to its user."},
          gateway}},
        {"device",
         "list",
         "List devices.",
         "GET",
         "/admin/v1/devices",
         {{"--model", "model", Place::query, optional, "Only of that model."},
          {"--open-id", "openId", Place::query, optional, "Only of that user."},
          {"--gateway-did", "gatewayDid", Place::query, optional, "Only behind that gateway."},
          limit,
          cursor},
         Shape::columns,
         {"did", "name", "deviceModel", "firmwareVersion", "openId", "activeUpgradeId",
          "lastSeen"}},
        {"device", "show", "Show one device.", "GET", "/admin/v1/devices/{did}", {did_in_path}},
        {"device",
         "delete",
         "Remove a device.",
         "DELETE",
         "/admin/v1/devices/{did}",
         {did_in_path},
         Shape::nothing},
        {"device",
         "refresh",
         "Ask a device for its attributes again, at its next poll.",
         "POST",
         "/admin/v1/devices/{did}/refresh",
         {did_in_path}},
        {"device",
         "token",
         "Give a device a new token, shown only now. The old one stops working.",
         "POST",
         "/admin/v1/devices/{did}/token",
         {did_in_path}},
        {"device",
         "import",
         "Enrol many devices from a file with one JSON object, with its did, on each line.",
         "POST",
         "/admin/v1/devices/import",
         {{"file,--file", "file", Place::file, required, "The file, or - for standard input."}},
         Shape::counts,
         {},
         "application/x-ndjson"},
        {"model",
         "set",
         "Change what is named of a model, and nothing else.",
         "PATCH",
         "/admin/v1/models/{deviceModel}",
         {{"model,--model", "deviceModel", Place::path, required, "Name of the model."},
          {"--display-name", "displayName", Place::text, optional, "Name for people."},
          {"--upgradable", "upgradable", Place::truth, optional,
           "Whether upgrades may be ordered: true or false."},
          {"--success-criterion", "successCriterion", Place::text, optional,
           "report: an upgrade succeeds when the device says so. version: it must also report "
           "the new version."},
          {"--polling-seconds", "pollingSeconds", Place::number, optional,
           "Polling interval of its devices."},
          {"--default-polling", "pollingSeconds", Place::null, optional,
           "Let its devices poll as the setting ddi.polling says."},
          {"--chunk-part", "chunkPart", Place::text, optional,
           "Part of the DDI chunk: os, or bApp for Zephyr."}}},
    };
}

std::vector<Command> grant_commands() {
    Argument const open_id{"open-id,--open-id", "openId", Place::text, required, "Id of the user."};
    return {
        {"grant",
         "create",
         "Let an app act for a user. The tokens are shown only now.",
         "POST",
         "/admin/v1/apps/{appid}/grants",
         {appid_in_path, open_id}},
        {"grant",
         "delete",
         "End a grant at once, with all its tokens.",
         "DELETE",
         "/admin/v1/apps/{appid}/grants/{openId}",
         {appid_in_path, {"open-id,--open-id", "openId", Place::path, required, "Id of the user."}},
         Shape::nothing},
        {"authorization",
         "create",
         "Make a code for the OAuth code flow.",
         "POST",
         "/admin/v1/authorizations",
         {{"appid,--appid", "appid", Place::text, required, "Id of the app."},
          open_id,
          {"redirect-uri,--redirect-uri", "redirectUri", Place::text, required,
           "URL that the user is sent back to."},
          {"--state", "state", Place::text, optional, "Text that is returned with the code."}}},
    };
}

constexpr Argument reported_as{"--reported-as", "reportedAs", Place::texts, optional,
                               "Further versions under which devices report it."};

std::vector<Command> firmware_commands() {
    return {
        {"firmware", "create", "Make a draft: a firmware without its file.", "POST",
         "/admin/v1/firmware", firmware_arguments()},
        {"firmware",
         "set",
         "Change what is said about a firmware that was not withdrawn.",
         "PATCH",
         "/admin/v1/firmware/{id}",
         {id_in_path,
          reported_as,
          {"--no-reported-as", "reportedAs", Place::null, optional,
           "Remove the further versions under which devices report it."},
          {"--update-log", "updateLog", Place::text, optional, "What is new, for users."}}},
        {"firmware",
         "upload",
         "Upload the file of a draft.",
         "PUT",
         "/admin/v1/firmware/{id}/file",
         {id_in_path,
          {"file,--file", "file", Place::file, required, "The file, or - for standard input."}},
         Shape::fields,
         {},
         "application/octet-stream"},
        {"firmware",
         "release",
         "Release a draft: offer it to devices from now on.",
         "POST",
         "/admin/v1/firmware/{id}/release",
         {id_in_path, accept_mismatch}},
        {"firmware",
         "withdraw",
         "Withdraw a release: offer it no longer, and end its queued upgrades.",
         "POST",
         "/admin/v1/firmware/{id}/withdraw",
         {id_in_path}},
        {"firmware",
         "list",
         "List firmware, the newest first.",
         "GET",
         "/admin/v1/firmware",
         {{"--model", "model", Place::query, optional, "Only of that model."},
          {"--state", "state", Place::query, optional, "draft, released or withdrawn."},
          limit,
          cursor},
         Shape::columns,
         {"id", "deviceModel", "firmwareVersion", "state", "fileSize", "releaseDate",
          "releasedAt"}},
        {"firmware", "show", "Show one firmware.", "GET", "/admin/v1/firmware/{id}", {id_in_path}},
        {"firmware",
         "delete",
         "Remove a draft.",
         "DELETE",
         "/admin/v1/firmware/{id}",
         {id_in_path},
         Shape::nothing},
    };
}

std::vector<Command> upgrade_commands() {
    return {
        {"upgrade",
         "list",
         "List upgrades, the newest first.",
         "GET",
         "/admin/v1/upgrades",
         {{"--did", "did", Place::query, optional, "Only of that device."},
          {"--model", "model", Place::query, optional, "Only of that model."},
          {"--state", "state", Place::query, optional, "Only in that state."},
          {"--order-id", "orderId", Place::query, optional, "Only of that order."},
          limit,
          cursor},
         Shape::columns,
         {"id", "did", "deviceModel", "fromVersion", "firmwareVersion", "state", "progress",
          "cause", "createdAt"}},
        {"upgrade",
         "show",
         "Show one upgrade with its history.",
         "GET",
         "/admin/v1/upgrades/{id}",
         {id_in_path}},
        {"upgrade",
         "cancel",
         "Cancel an upgrade. A device that has begun is asked to stop.",
         "POST",
         "/admin/v1/upgrades/{id}/cancel",
         {id_in_path,
          {"--force", "force", Place::flag, optional,
           "End it at once, without asking the device."}}},
        {"order",
         "create",
         "Order upgrades of devices.",
         "POST",
         "/admin/v1/orders",
         {{"dids,--did", "dids", Place::texts, required, "Devices, at most 1,000."},
          {"--firmware-id", "firmwareId", Place::text, optional,
           "Release to install; without it, what each device is offered."},
          {"--through", "through", Place::flag, optional,
           "Upgrade through all intermediate versions to the newest one."}},
         Shape::counts},
    };
}

std::vector<Command> push_commands() {
    return {
        {"push",
         "list",
         "List pushes, the newest first.",
         "GET",
         "/admin/v1/pushes",
         {{"--appid", "appid", Place::query, optional, "Only to that app."},
          {"--did", "did", Place::query, optional, "Only about that device."},
          {"--state", "state", Place::query, optional, "pending, delivered or dead."},
          limit,
          cursor},
         Shape::columns,
         {"webhookId", "appid", "did", "msgType", "state", "attempts", "nextAttemptAt",
          "deliveredAt"}},
        {"push",
         "show",
         "Show one push with its attempts.",
         "GET",
         "/admin/v1/pushes/{webhookId}",
         {{"webhook-id,--webhook-id", "webhookId", Place::path, required, "Its id."}}},
        {"push",
         "replay",
         "Send one push again.",
         "POST",
         "/admin/v1/pushes/{webhookId}/replay",
         {{"webhook-id,--webhook-id", "webhookId", Place::path, required, "Its id."}}},
        {"push",
         "replay-all",
         "Send again all pushes of an app in a span of time.",
         "POST",
         "/admin/v1/apps/{appid}/push/replay",
         {appid_in_path,
          {"--since", "since", Place::text, required, "Written at or after this time (RFC 3339)."},
          {"--until", "until", Place::text, required, "Written before this time (RFC 3339)."}}},
    };
}

std::vector<Command> all_commands() {
    std::vector<Command> all;
    for (auto const& some : {app_commands(), device_commands(), grant_commands(),
                             firmware_commands(), upgrade_commands(), push_commands()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

}  // namespace

std::vector<Argument> firmware_arguments() {
    return {
        {"--model", "deviceModel", Place::text, required, "Model that it is for."},
        {"--firmware-version", "firmwareVersion", Place::text, required,
         "Version of the firmware."},
        {"--update-log", "updateLog", Place::text, optional, "What is new, for users."},
        {"--release-date", "releaseDate", Place::text, optional,
         "YYYY-MM-DD; without it, the day of the release."},
        {"--requires-version", "requiresVersion", Place::texts, optional,
         "Versions that it can be installed on."},
        reported_as,
        {"--file-name", "fileName", Place::text, optional, "File name that devices see."},
    };
}

std::span<Command const> commands() {
    static std::vector<Command> const all = all_commands();
    return all;
}

std::span<Noun const> nouns() {
    static constexpr auto all = std::to_array<Noun>({
        {"app", "Third-party apps."},
        {"device", "Devices."},
        {"model", "Properties of all devices of a model."},
        {"grant", "Permissions of apps to act for users."},
        {"authorization", "Codes for the OAuth code flow."},
        {"firmware", "Firmware, from draft to withdrawal."},
        {"upgrade", "Upgrades of single devices."},
        {"order", "Orders of upgrades by the operator."},
        {"push", "Push messages to apps."},
    });
    return all;
}

}  // namespace updraft::cli
