#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {

std::vector<Command> token_commands() {
    Argument const owner{"operator,--operator", "name", Place::path, required,
                         "Name of the operator."};
    return {
        {.noun = "token",
         .verb = "create",
         .meaning = "Make a token of an operator. It is shown only now.",
         .method = "POST",
         .path = "/admin/v1/operators/{name}/tokens",
         .arguments = {owner,
                       {"--label", "label", Place::text, optional,
                        "What it is for, such as laptop."},
                       {"--role", "role", Place::text, optional,
                        "A lower role than the operator's: viewer, support or releaser."},
                       {"--expires-in-seconds", "expiresInSeconds", Place::number, optional,
                        "How long it is valid."}}},
        {.noun = "token",
         .verb = "list",
         .meaning = "List the tokens of an operator.",
         .method = "GET",
         .path = "/admin/v1/operators/{name}/tokens",
         .arguments = {owner},
         .shape = Shape::columns,
         .columns = {"id", "label", "role", "lastUsedAt", "expiresAt", "createdAt"}},
        {.noun = "token",
         .verb = "revoke",
         .meaning = "End a token at once.",
         .method = "DELETE",
         .path = "/admin/v1/operators/{name}/tokens/{id}",
         .arguments = {owner, {"id,--id", "id", Place::path, required, "Id of the token."}},
         .shape = Shape::nothing,
         .question = "Revoke token {id} of operator {name}?"},
    };
}

}  // namespace updraft::cli
