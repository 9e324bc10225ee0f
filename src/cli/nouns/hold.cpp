#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {

std::vector<Command> hold_commands() {
    return {
        {.noun = "hold",
         .verb = "create",
         .meaning = "Stop offers, orders and hand-outs: of a model, of a release, or, with "
                    "neither, of everything. What runs goes on.",
         .method = "POST",
         .path = "/admin/v1/holds",
         .arguments = {{"--model", "deviceModel", Place::text, optional, "Only of that model."},
                       {"--firmware-id", "firmwareId", Place::text, optional,
                        "Only of that release."},
                       {"note,--note", "note", Place::text, required, "Why."}}},
        {.noun = "hold",
         .verb = "list",
         .meaning = "List holds.",
         .method = "GET",
         .path = "/admin/v1/holds",
         .arguments = {},
         .shape = Shape::columns,
         .columns = {"id", "deviceModel", "firmwareId", "note", "by", "createdAt"}},
        {.noun = "hold",
         .verb = "delete",
         .meaning = "Remove a hold: what it stopped goes on.",
         .method = "DELETE",
         .path = "/admin/v1/holds/{id}",
         .arguments = {id_in_path},
         .shape = Shape::nothing,
         .question = "Remove hold {id}, and hand out what it stopped?"},
    };
}

}  // namespace updraft::cli
