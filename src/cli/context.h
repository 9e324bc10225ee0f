// What `updraft login` keeps: a server, and the token of the person who signed in there.
//
// Lives here: its file in the user's configuration folder, and who else may read it.
//
// Not here:   which of flags, variables and this file is used (cli/connection.h), signing in
//             (cli/login.h).
#pragma once

#include <optional>
#include <string>

#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::cli {

struct Context {
    std::string url;  // As server_url() answers it.
    Secret token;
    std::string ca_file{};       // As Endpoint::ca_file; an absolute path.
    bool insecure_http = false;  // As Endpoint::insecure_http.
};

// "$XDG_CONFIG_HOME/updraft", or "~/.config/updraft" when that variable is not an absolute path.
// Errc::invalid when HOME is none either.
[[nodiscard]] Result<std::string> context_folder();

// The name of the file in `folder`.
[[nodiscard]] std::string context_file(std::string const& folder);

// Nothing when nobody signed in. Errc::invalid when another user may open the folder or the file,
// or when the file has another content; errors of read_secret_file(). No error contains the token.
[[nodiscard]] Result<std::optional<Context>> read_context(std::string const& folder);

// Replaces the file (0600) in one step, and makes the folder (0700) when it is missing; another
// mode of the folder is changed. Errc::unavailable when one cannot be written.
[[nodiscard]] Result<void> keep_context(std::string const& folder, Context const& context);

// Removes the file. False when there was none. Errc::unavailable when it cannot be removed.
[[nodiscard]] Result<bool> forget_context(std::string const& folder);

}  // namespace updraft::cli
