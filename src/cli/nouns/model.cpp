#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {
namespace {

constexpr Argument model_in_path{"model,--model", "deviceModel", Place::path, required,
                                 "Name of the model."};

}  // namespace

std::vector<Command> model_commands() {
    return {
        {.noun = "model",
         .verb = "list",
         .meaning = "List models: declared ones, and those that devices or firmware name.",
         .method = "GET",
         .path = "/admin/v1/models",
         .arguments = {},
         .shape = Shape::columns,
         .columns = {"deviceModel", "displayName", "declared", "newestVersion", "upgradable",
                     "successCriterion", "pollingSeconds", "chunkPart"}},
        {.noun = "model",
         .verb = "show",
         .meaning = "Show one model.",
         .method = "GET",
         .path = "/admin/v1/models/{deviceModel}",
         .arguments = {model_in_path}},
        {.noun = "model",
         .verb = "set",
         .meaning = "Change what is named of a model, and nothing else.",
         .method = "PATCH",
         .path = "/admin/v1/models/{deviceModel}",
         .arguments = {model_in_path,
                       {"--display-name", "displayName", Place::text, optional, "Name for people."},
                       {"--upgradable", "upgradable", Place::truth, optional,
                        "Whether upgrades may be ordered: true or false."},
                       {"--success-criterion", "successCriterion", Place::text, optional,
                        "report: an upgrade succeeds when the device says so. version: it must "
                        "also report the new version."},
                       {"--polling-seconds", "pollingSeconds", Place::number, optional,
                        "Polling interval of its devices."},
                       {"--default-polling", "pollingSeconds", Place::null, optional,
                        "Let its devices poll as the setting ddi.polling says."},
                       {"--chunk-part", "chunkPart", Place::text, optional,
                        "Part of the DDI chunk: os, or bApp for Zephyr."},
                       {"--release-plan", "releasePlan", Place::object, optional,
                        "JSON file with the mode and the plan of the rollout that each release "
                        "begins with."},
                       {"--no-release-plan", "releasePlan", Place::null, optional,
                        "Offer each release to everyone at once."},
                       {"--min-approvals", "minApprovals", Place::number, optional,
                        "1: somebody else must approve each rollout. 0: nobody."}}},
    };
}

}  // namespace updraft::cli
