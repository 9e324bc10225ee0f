#include "cli/commands.h"

#include <array>

namespace updraft::cli {
namespace {

constexpr auto optional = Need::optional;
constexpr auto required = Need::required;

constexpr Argument appid_in_path{"appid,--appid", "appid", Place::path, required, "The app's id."};
constexpr Argument did_in_path{"did,--did", "did", Place::path, required, "The device's id."};
constexpr Argument id_in_path{"id,--id", "id", Place::path, required, "Its id."};
constexpr Argument limit{"--limit", "limit", Place::query, optional, "At most so many (1 to 500)."};
constexpr Argument cursor{"--cursor", "cursor", Place::query, optional,
                          "Where the last list ended."};

std::vector<Command> app_commands() {
    Argument const push_url{"--push-url", "pushUrl", Place::text, optional,
                            "Where it is told things."};
    Argument const push_events{"--push-events", "pushEvents", Place::texts, optional,
                               "Which messages: ota_upgrade_progress, ota_upgrade_result, "
                               "ota_new_firmware."};
    return {
        {"app",
         "create",
         "Make an app; its keys are shown once.",
         "POST",
         "/admin/v1/apps",
         {{"name,--name", "name", Place::text, required, "What it is called."},
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
         "update",
         "Change what is given.",
         "PATCH",
         "/admin/v1/apps/{appid}",
         {appid_in_path,
          {"--name", "name", Place::text, optional, "What it is called."},
          {"--disabled", "disabled", Place::truth, optional,
           "Whether it is refused (true, false)."},
          {"--ota-enabled", "otaEnabled", Place::truth, optional,
           "Whether it may call the upgrade API (true, false)."},
          push_url,
          {"--no-push-url", "pushUrl", Place::null, optional, "Tell it nothing any more."},
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
         "Give it a new Appkey and push secret.",
         "POST",
         "/admin/v1/apps/{appid}/rotate",
         {appid_in_path,
          {"--grace-seconds", "graceSeconds", Place::number, optional,
           "How long the old ones work on."}}},
        {"app",
         "verify",
         "Verify its push URL now.",
         "POST",
         "/admin/v1/apps/{appid}/push/verify",
         {appid_in_path},
         Shape::verdict},
    };
}

std::vector<Command> device_commands() {
    Argument const name{"--name", "name", Place::text, optional, "What its user calls it."};
    Argument const open_id{"--open-id", "openId", Place::text, optional, "Whose it is."};
    Argument const gateway{"--gateway-did", "gatewayDid", Place::text, optional,
                           "The gateway that it hangs on."};
    return {
        {"device",
         "put",
         "Enrol a device, or replace it; its token is shown once.",
         "PUT",
         "/admin/v1/devices/{did}",
         {did_in_path,
          {"--model", "deviceModel", Place::text, required, "Its deviceModel."},
          {"--firmware-version", "firmwareVersion", Place::text, required, "What it runs."},
          name,
          open_id,
          gateway}},
        {"device",
         "update",
         "Change what is given.",
         "PATCH",
         "/admin/v1/devices/{did}",
         {did_in_path,
          {"--model", "deviceModel", Place::text, optional, "Its deviceModel."},
          {"--firmware-version", "firmwareVersion", Place::text, optional, "What it runs."},
          name,
          open_id,
          {"--unbind", "openId", Place::null, optional, "It is nobody's any more."},
          gateway}},
        {"device",
         "list",
         "List devices.",
         "GET",
         "/admin/v1/devices",
         {{"--model", "model", Place::query, optional, "Only of that model."},
          {"--open-id", "openId", Place::query, optional, "Only that user's."},
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
         "token",
         "Give it a new device token; the old one ends.",
         "POST",
         "/admin/v1/devices/{did}/token",
         {did_in_path}},
        {"device",
         "import",
         "Enrol many: one JSON object with did a line.",
         "POST",
         "/admin/v1/devices/import",
         {{"file,--file", "file", Place::file, required, "The file, or - for standard input."}},
         Shape::counts,
         {},
         "application/x-ndjson"},
        {"model",
         "set",
         "Declare what is true of a model's devices.",
         "PUT",
         "/admin/v1/models/{deviceModel}",
         {{"model,--model", "deviceModel", Place::path, required, "The deviceModel."},
          {"--display-name", "displayName", Place::text, optional, "What people call it."},
          {"--upgradable", "upgradable", Place::truth, optional,
           "Whether upgrades may be ordered (true, false)."},
          {"--success-criterion", "successCriterion", Place::text, optional,
           "report, or version: it must report the new version."},
          {"--polling-seconds", "pollingSeconds", Place::number, optional, "Its own interval."},
          {"--chunk-part", "chunkPart", Place::text, optional,
           "The DDI chunk's part: os, or bApp for Zephyr."}}},
    };
}

std::vector<Command> grant_commands() {
    Argument const open_id{"open-id,--open-id", "openId", Place::text, required, "The user."};
    return {
        {"grant",
         "create",
         "Let an app act for a user; tokens are shown once.",
         "POST",
         "/admin/v1/apps/{appid}/grants",
         {appid_in_path, open_id}},
        {"grant",
         "delete",
         "End that at once, with all tokens.",
         "DELETE",
         "/admin/v1/apps/{appid}/grants/{openId}",
         {appid_in_path, {"open-id,--open-id", "openId", Place::path, required, "The user."}},
         Shape::nothing},
        {"authorization",
         "create",
         "Make a code for OAuth's code flow.",
         "POST",
         "/admin/v1/authorizations",
         {{"appid,--appid", "appid", Place::text, required, "The app's id."},
          open_id,
          {"redirect-uri,--redirect-uri", "redirectUri", Place::text, required,
           "Where the user is sent back to."},
          {"--state", "state", Place::text, optional, "Handed back with the code."}}},
    };
}

std::vector<Command> firmware_commands() {
    return {
        {"firmware", "create", "Describe a firmware: a draft.", "POST", "/admin/v1/firmware",
         firmware_arguments()},
        {"firmware",
         "upload",
         "Give a draft its file.",
         "PUT",
         "/admin/v1/firmware/{id}/file",
         {id_in_path,
          {"file,--file", "file", Place::file, required, "The file, or - for standard input."}},
         Shape::fields,
         {},
         "application/octet-stream"},
        {"firmware",
         "release",
         "Offer it to devices from now on.",
         "POST",
         "/admin/v1/firmware/{id}/release",
         {id_in_path,
          {"--accept-mismatch", "acceptMismatch", Place::flag, optional,
           "Although the image tells another version."}}},
        {"firmware",
         "withdraw",
         "Offer it no longer; end its queued upgrades.",
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
         "Show one upgrade and how it went.",
         "GET",
         "/admin/v1/upgrades/{id}",
         {id_in_path}},
        {"upgrade",
         "cancel",
         "Cancel it; a device that has it is asked.",
         "POST",
         "/admin/v1/upgrades/{id}/cancel",
         {id_in_path,
          {"--force", "force", Place::flag, optional, "At once, without asking the device."}}},
        {"order",
         "create",
         "Order upgrades of devices.",
         "POST",
         "/admin/v1/orders",
         {{"dids,--did", "dids", Place::texts, required, "The devices, at most 1,000."},
          {"--firmware-id", "firmwareId", Place::text, optional,
           "That release; else what each device is offered."},
          {"--through", "through", Place::flag, optional,
           "All the way to the newest, step by step, in this one order."}},
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
         "Send an app's pushes of a time again.",
         "POST",
         "/admin/v1/apps/{appid}/push/replay",
         {appid_in_path,
          {"--since", "since", Place::text, required, "From then (RFC 3339)."},
          {"--until", "until", Place::text, required, "Until then (RFC 3339)."}}},
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
        {"--model", "deviceModel", Place::text, required, "The deviceModel that it is for."},
        {"--firmware-version", "firmwareVersion", Place::text, required, "Its version."},
        {"--update-log", "updateLog", Place::text, optional, "What is new, for users."},
        {"--release-date", "releaseDate", Place::text, optional, "YYYY-MM-DD; else the day."},
        {"--requires-version", "requiresVersion", Place::texts, optional,
         "Versions that it can be installed on."},
        {"--file-name", "fileName", Place::text, optional, "What devices see."},
    };
}

std::span<Command const> commands() {
    static std::vector<Command> const all = all_commands();
    return all;
}

std::span<Noun const> nouns() {
    static constexpr auto all = std::to_array<Noun>({
        {"app", "Third-party apps"},
        {"device", "Devices"},
        {"model", "What is true of all devices of a model"},
        {"grant", "Which app may act for which user"},
        {"authorization", "Codes for OAuth's code flow"},
        {"firmware", "Firmware, from draft to withdrawal"},
        {"upgrade", "Upgrades: one device, one order"},
        {"order", "Orders by the operator"},
        {"push", "Messages to apps' backends"},
    });
    return all;
}

}  // namespace updraft::cli
