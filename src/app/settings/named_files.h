// Checks the files and folders that the settings name, without starting a server.
//
// Lives here: what `updraft config check` finds in them.
//
// Not here:   reading the settings (app/settings/settings.h).
#pragma once

#include <string>
#include <vector>

#include "app/settings/settings.h"
#include "vocabulary/instant.h"

namespace updraft::app {

struct NamedFiles {
    std::vector<std::string> problems;  // For which the server would not start.
    std::vector<std::string> warnings;
};

// Reads the TLS certificate and its key, the files of [push], the secret key of a bucket, those
// that a database's URL names, and, where they exist, the secrets key and the admin token; looks
// into the folders for artifacts. Each text is one sentence that names the setting or the file, and
// contains no secret.
[[nodiscard]] NamedFiles check_named_files(Settings const& settings, Instant now);

// Adds to `found` what is wrong with an SQLite file that exists, whether the secrets key is that of
// its store, and a warning when the token in DIR/admin-token is not valid in it. A server may run.
// A database on a server is not asked.
void check_named_store(Settings const& settings, NamedFiles& found);

}  // namespace updraft::app
