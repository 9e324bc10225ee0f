#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {

std::vector<Command> operator_commands() {
    Argument const name_in_path{"name,--name", "name", Place::path, required,
                                "Name of the operator."};
    constexpr std::string_view roles = "viewer, support, releaser or admin.";
    return {
        {.noun = "operator",
         .verb = "create",
         .meaning = "Make an operator, who signs in with a token: updraft token create.",
         .method = "POST",
         .path = "/admin/v1/operators",
         .arguments = {{"name,--name", "name", Place::text, required, "Name of the operator."},
                       {"--role", "role", Place::text, required, roles},
                       {"--approve", "approve", Place::flag, optional,
                        "The operator may approve rollouts of others."}}},
        {.noun = "operator",
         .verb = "list",
         .meaning = "List operators.",
         .method = "GET",
         .path = "/admin/v1/operators",
         .arguments = {},
         .shape = Shape::columns,
         .columns = {"name", "role", "approve", "disabled", "lastSeenAt", "createdAt"}},
        {.noun = "operator",
         .verb = "show",
         .meaning = "Show one operator.",
         .method = "GET",
         .path = "/admin/v1/operators/{name}",
         .arguments = {name_in_path}},
        {.noun = "operator",
         .verb = "me",
         .meaning = "Show the operator whose token this is.",
         .method = "GET",
         .path = "/admin/v1/me",
         .arguments = {}},
        {.noun = "operator",
         .verb = "set",
         .meaning = "Change what is named of an operator, and nothing else.",
         .method = "PATCH",
         .path = "/admin/v1/operators/{name}",
         .arguments = {name_in_path,
                       {"--role", "role", Place::text, optional, roles},
                       {"--disabled", "disabled", Place::truth, optional,
                        "true: refuse all the operator's calls. false: answer them."},
                       {"--approve", "approve", Place::truth, optional,
                        "Whether the operator may approve rollouts: true or false."}}},
        {.noun = "operator",
         .verb = "delete",
         .meaning = "Remove an operator with all tokens and sessions.",
         .method = "DELETE",
         .path = "/admin/v1/operators/{name}",
         .arguments = {name_in_path},
         .shape = Shape::nothing,
         .question = "Remove operator {name} with all tokens and sessions?"},
    };
}

}  // namespace updraft::cli
