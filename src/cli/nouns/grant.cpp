#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {

std::vector<Command> grant_commands() {
    Argument const open_id{"open-id,--open-id", "openId", Place::text, required, "Id of the user."};
    Argument const open_id_in_path{"open-id,--open-id", "openId", Place::path, required,
                                   "Id of the user."};
    return {
        {.noun = "grant",
         .verb = "create",
         .meaning = "Let an app act for a user. The tokens are shown only now.",
         .method = "POST",
         .path = "/admin/v1/apps/{appid}/grants",
         .arguments = {appid_in_path, open_id}},
        {.noun = "grant",
         .verb = "delete",
         .meaning = "End a grant at once, with all its tokens.",
         .method = "DELETE",
         .path = "/admin/v1/apps/{appid}/grants/{openId}",
         .arguments = {appid_in_path, open_id_in_path},
         .shape = Shape::nothing,
         .question = "End the grant of user {openId} to app {appid}, with all its tokens?"},
        {.noun = "authorization",
         .verb = "create",
         .meaning = "Make a code for the OAuth code flow.",
         .method = "POST",
         .path = "/admin/v1/authorizations",
         .arguments = {{"appid,--appid", "appid", Place::text, required, "Id of the app."},
                       open_id,
                       {"redirect-uri,--redirect-uri", "redirectUri", Place::text, required,
                        "URL that the user is sent back to."},
                       {"--state", "state", Place::text, optional,
                        "Text that is returned with the code."}}},
    };
}

}  // namespace updraft::cli
