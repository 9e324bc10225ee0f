#include <utility>

#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {
namespace {

constexpr Argument note{"--note", "note", Place::text, optional, "Why, for the audit."};
constexpr Argument acknowledge{"--acknowledge", "acknowledge", Place::flag, optional,
                               "You know why it stands: needed with --note after a halt, and to "
                               "open a wave before the last one has passed."};

// What a rollout is: of a creation, a preview and a change.
std::vector<Argument> description() {
    return {
        {"--name", "name", Place::text, optional, "Name for people."},
        {"--mode", "mode", Place::text, optional,
         "offer (users decide) or install (devices are upgraded by themselves)."},
        {"--plan", "plan", Place::object, optional,
         "File with the plan as JSON; -: standard input. Other flags replace its members."},
        {"--preset", "plan.preset", Place::text, optional, "standard, careful or urgent."},
        {"--waves", "plan.waves", Place::waves, optional,
         "Cumulative sizes, such as 10:24h,100:12h,1%,100%: devices or percent of the audience, "
         "and how long to wait after the wave. 1%:12h:approval opens only by next-wave."},
        {"--window", "plan.window", Place::window, optional, window_meaning},
        {"--audience", "audience", Place::object, optional,
         "File with the audience as JSON; -: standard input."},
        {"--include", "audience.include", Place::lines, optional,
         "File with the dids of the only devices that are meant, one on each line."},
        {"--exclude", "audience.exclude", Place::lines, optional,
         "File with the dids of devices that are not meant."},
        {"--canaries", "audience.canaries.dids", Place::lines, optional,
         "File with the dids of the devices that come first."},
        {"--start-at", "startAt", Place::text, optional,
         "Not before this time (RFC 3339); without it, when it is started."},
    };
}

std::vector<Argument> after(Argument const& first) {
    auto all = description();
    all.insert(all.begin(), first);
    return all;
}

Command transition(std::string_view path, std::string_view meaning,
                   std::vector<Argument> arguments = {id_in_path, note}) {
    return {.noun = "rollout",
            .verb = path.substr(path.rfind('/') + 1),
            .meaning = meaning,
            .method = "POST",
            .path = path,
            .arguments = std::move(arguments)};
}

std::vector<Command> making() {
    constexpr std::string_view which = "Release that it brings.";
    return {
        {.noun = "rollout",
         .verb = "create",
         .meaning = "Make a draft of a rollout. It begins with updraft rollout start.",
         .method = "POST",
         .path = "/admin/v1/rollouts",
         .arguments = after({"--firmware-id", "firmwareId", Place::text, required, which})},
        {.noun = "rollout",
         .verb = "preview",
         .meaning = "Show whom a rollout would reach: one that exists (its id), or one as for "
                    "create. Changes nothing.",
         .method = "POST",
         .path = "/admin/v1/rollouts/preview",
         .arguments =
             [] {
                 auto all = after({"--firmware-id", "firmwareId", Place::text, optional, which});
                 all.insert(all.begin(), {"id,--id", "id", Place::path, optional,
                                          "Id of a rollout that exists."});
                 return all;
             }(),
         .path_of_one = "/admin/v1/rollouts/{id}/preview"},
        {.noun = "rollout",
         .verb = "set",
         .meaning = "Change what is named of a rollout, and nothing else: of a draft everything, "
                    "later its name, smaller limits, more excluded devices and longer soaks.",
         .method = "PATCH",
         .path = "/admin/v1/rollouts/{id}",
         .arguments = after(id_in_path)},
        {.noun = "rollout",
         .verb = "delete",
         .meaning = "Remove a draft.",
         .method = "DELETE",
         .path = "/admin/v1/rollouts/{id}",
         .arguments = {id_in_path},
         .shape = Shape::nothing,
         .question = "Remove the draft of rollout {id}?"},
    };
}

std::vector<Command> steering() {
    auto stop = transition("/admin/v1/rollouts/{id}/stop",
                           "End a rollout for good. Its queued upgrades are cancelled.");
    stop.question = "End rollout {id}, and offer its release to nobody?";
    return {
        transition("/admin/v1/rollouts/{id}/submit",
                   "Start a draft, or ask for approval where the model wants it."),
        transition("/admin/v1/rollouts/{id}/approve",
                   "Approve a rollout of somebody else, as it is now."),
        transition("/admin/v1/rollouts/{id}/deny",
                   "Send a rollout that waits for approval back to its author."),
        transition("/admin/v1/rollouts/{id}/start",
                   "Start a draft, or a scheduled rollout at once."),
        transition("/admin/v1/rollouts/{id}/pause",
                   "Hand nothing out for now. Who has the release already goes on."),
        transition("/admin/v1/rollouts/{id}/resume",
                   "Go on after a pause or, with --acknowledge and --note, a halt.",
                   {id_in_path, note, acknowledge}),
        stop,
        transition("/admin/v1/rollouts/{id}/next-wave",
                   "Open the next wave: one that waits for approval or, with --acknowledge and "
                   "--note, before the last one has passed.",
                   {id_in_path, note, acknowledge}),
    };
}

std::vector<Command> looking() {
    return {
        {.noun = "rollout",
         .verb = "list",
         .meaning = "List rollouts, the newest first.",
         .method = "GET",
         .path = "/admin/v1/rollouts",
         .arguments = {{"--state", "state", Place::query, optional, "Only in that state."},
                       {"--model", "model", Place::query, optional, "Only of that model."},
                       {"--firmware-id", "firmwareId", Place::query, optional,
                        "Only of that release."}},
         .shape = Shape::columns,
         .columns = {"id", "deviceModel", "firmwareVersion", "mode", "state", "reason", "wave",
                     "counts.handedOut", "counts.good", "counts.failed", "counts.silent",
                     "createdAt"}},
        {.noun = "rollout",
         .verb = "devices",
         .meaning = "List the devices that have had a place.",
         .method = "GET",
         .path = "/admin/v1/rollouts/{id}/devices",
         .arguments = {id_in_path,
                       {"--state", "state", Place::query, optional,
                        "Only with an upgrade in that state."},
                       {"--wave", "wave", Place::query, optional, "Only of that wave, from 1."},
                       {"--judged", "judged", Place::query, optional,
                        "good, failed, silent, reverted, unreached, neutral or unsettled."}},
         .shape = Shape::columns,
         .columns = {"did", "wave", "state", "judged", "upgradeId", "handedOutAt"}},
        {.noun = "rollout",
         .verb = "timeline",
         .meaning = "List what happened to a rollout, the newest first.",
         .method = "GET",
         .path = "/admin/v1/rollouts/{id}/timeline",
         .arguments = {id_in_path},
         .shape = Shape::columns,
         .columns = {"at", "kind", "by", "wave", "text"}},
    };
}

}  // namespace

std::vector<Command> rollout_commands() {
    auto all = making();
    for (auto const& more : {steering(), looking()})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace updraft::cli
