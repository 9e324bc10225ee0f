// What happens at the first start with a store, and is checked at every later one.
//
// Lives here: whether the secrets key is the store's, and the first admin token.
// Not here:   the files themselves (app/key_file.h), sealing (access/seal.h).
#pragma once

#include <string>

#include "access/seal.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/result.h"

namespace updraft::app {

// The seal of this store's secrets. A new store takes the key in the file, or a new one that is
// written there. Errc::invalid when the store was made with another key, or when it was made with
// one and the file is missing: then none is made.
[[nodiscard]] Result<access::Seal> unlock(Store& store, IdSource& id_source,
                                          std::string const& key_file);

// Whether the key in the file is the one that `key_check` was sealed with, without making any.
// Errors as unlock(). A store that was never started on has no check yet, and takes any key.
[[nodiscard]] Result<void> key_fits(std::string const& key_check, std::string const& key_file);

// A store that knows no admin token gets the one in the file, or a new one that is written there.
[[nodiscard]] Result<void> admit_first_operator(Store& store, IdSource& id_source,
                                                std::string const& token_file, Instant now);

}  // namespace updraft::app
