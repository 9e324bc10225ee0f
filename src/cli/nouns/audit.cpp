#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {

std::vector<Command> audit_commands() {
    std::vector<Argument> const filters{
        {"--actor", "actor", Place::query, optional, "Only what this operator did."},
        {"--action", "action", Place::query, optional,
         "Only this action: an operationId of the API, such as removeDevice."},
        {"--object", "object", Place::query, optional, "Only what was done to this object."},
        since_filter,
        until_filter,
    };
    auto with_pages = filters;
    with_pages.insert(with_pages.end(), {page_limit, page_cursor});
    return {
        {.noun = "audit",
         .verb = "list",
         .meaning = "List what was done and what was refused, the newest first.",
         .method = "GET",
         .path = "/admin/v1/audit",
         .arguments = filters,
         .shape = Shape::columns,
         .columns = {"at", "actor.name", "action", "object.id", "outcome", "effect", "via", "ip",
                     "times"}},
        {.noun = "audit",
         .verb = "export",
         .meaning = "Print the whole audit, one JSON object on each line, the newest first.",
         .method = "GET",
         .path = "/admin/v1/audit",
         .arguments = with_pages,
         .shape = Shape::lines},
    };
}

}  // namespace updraft::cli
