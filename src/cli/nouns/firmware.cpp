#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {
namespace {

constexpr Argument reported_as{"--reported-as", "reportedAs", Place::texts, optional,
                               "Further versions under which devices report it."};

std::vector<Argument> arguments_of_release() {
    auto all = release_arguments();
    all.insert(all.begin(), id_in_path);
    return all;
}

// Making a draft, changing it, and its file.
std::vector<Command> draft_commands() {
    return {
        {.noun = "firmware",
         .verb = "create",
         .meaning = "Make a draft: a firmware without its file.",
         .method = "POST",
         .path = "/admin/v1/firmware",
         .arguments = firmware_arguments()},
        {.noun = "firmware",
         .verb = "set",
         .meaning = "Change what is said about a firmware that was not withdrawn.",
         .method = "PATCH",
         .path = "/admin/v1/firmware/{id}",
         .arguments = {id_in_path,
                       reported_as,
                       {"--no-reported-as", "reportedAs", Place::null, optional,
                        "Remove the further versions under which devices report it."},
                       {"--update-log", "updateLog", Place::text, optional,
                        "What is new, for users."},
                       {"--availability", "availability", Place::text, optional,
                        "Who is offered a release: everyone or nobody."}}},
        {.noun = "firmware",
         .verb = "upload",
         .meaning = "Upload the file of a draft.",
         .method = "PUT",
         .path = "/admin/v1/firmware/{id}/file",
         .arguments = {id_in_path,
                       {"file,--file", "file", Place::file, required,
                        "The file, or - for standard input."}},
         .content_type = "application/octet-stream"},
        {.noun = "firmware",
         .verb = "release",
         .meaning = "Release a draft: offer it to devices from now on.",
         .method = "POST",
         .path = "/admin/v1/firmware/{id}/release",
         .arguments = arguments_of_release()},
        {.noun = "firmware",
         .verb = "delete",
         .meaning = "Remove a draft.",
         .method = "DELETE",
         .path = "/admin/v1/firmware/{id}",
         .arguments = {id_in_path},
         .shape = Shape::nothing,
         .question = "Remove draft {id} with its file?"},
    };
}

}  // namespace

std::vector<Argument> release_arguments() {
    return {accept_mismatch,
            {"--plan", "rollout.plan", Place::object, optional,
             "Begin a rollout by the plan in this JSON file. -: standard input."},
            {"--rollout", "rollout.plan.preset", Place::preset, optional,
             "Begin a rollout by this preset: standard, careful or urgent. none: offer it to "
             "everyone, although the model has a release plan (needs --note)."},
            {"--mode", "rollout.mode", Place::text, optional,
             "Of the rollout: offer (users decide) or install (devices are upgraded by "
             "themselves)."},
            {"--window", "rollout.plan.window", Place::window, optional, window_meaning},
            {"--note", "note", Place::text, optional, "Why, for the audit."}};
}

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

std::vector<Command> firmware_commands() {
    auto all = draft_commands();
    all.push_back({.noun = "firmware",
                   .verb = "withdraw",
                   .meaning = "Withdraw a release: offer it no longer, and end its queued "
                              "upgrades.",
                   .method = "POST",
                   .path = "/admin/v1/firmware/{id}/withdraw",
                   .arguments = {id_in_path,
                                 {"--cancel", "cancel", Place::text, optional,
                                  "Upgrades to end: queued (the default), not_started (all that "
                                  "are not downloaded yet) or all."}},
                   .question = "Withdraw release {id} and end its upgrades?"});
    all.push_back(
        {.noun = "firmware",
         .verb = "list",
         .meaning = "List firmware, the newest first.",
         .method = "GET",
         .path = "/admin/v1/firmware",
         .arguments = {{"--model", "model", Place::query, optional, "Only of that model."},
                       {"--state", "state", Place::query, optional,
                        "draft, released or withdrawn."}},
         .shape = Shape::columns,
         .columns = {"id", "deviceModel", "firmwareVersion", "state", "availability", "fileSize",
                     "releaseDate", "releasedAt"}});
    all.push_back({.noun = "firmware",
                   .verb = "show",
                   .meaning = "Show one firmware.",
                   .method = "GET",
                   .path = "/admin/v1/firmware/{id}",
                   .arguments = {id_in_path}});
    return all;
}

}  // namespace updraft::cli
