// Makes the key and the admin token at the first start with a store, and checks the key at every
// later start.
//
// Lives here: whether the key file belongs to the store; the first admin token.
//
// Not here:   the files themselves (app/process/key_file.h), sealing (access/seal.h).
#pragma once

#include <string>
#include <string_view>

#include "access/seal.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/result.h"

namespace updraft::app {

// The seal of this store's secrets. A new store uses the key in the file, or a new one that is
// written to the file. Errc::invalid when the store has a key and the file contains another one or
// is missing; then no file is written.
[[nodiscard]] Result<access::Seal> unlock(Store& store, IdSource& id_source,
                                          std::string const& key_file);

// Checks that `key_check` was sealed with the key in the file, and writes nothing. Errors as
// unlock(). `key_check` is empty when no server has started on the store yet: then any key is
// right.
[[nodiscard]] Result<void> key_fits(std::string const& key_check, std::string const& key_file);

// A store without operators gets the operator `admin` with the token in the file, or with a new one
// that is written to the file. True when this call stored it: the file is then where the operator
// finds the token.
[[nodiscard]] Result<bool> admit_first_operator(Store& store, IdSource& id_source,
                                                std::string const& token_file, Instant now);

// False when the file has a token that is not valid in this store; true when it has a valid one, or
// when there is no file. Errors as read_token_file().
[[nodiscard]] Result<bool> is_valid_token_file(Store& store, std::string const& token_file);
[[nodiscard]] Result<bool> is_valid_token(Tx const& tx, Secret const& token);

inline constexpr std::string_view invalid_token_told =
    "the token in this file is not valid, and is ignored: the store was made with another one; put "
    "that one back, or delete the file";

}  // namespace updraft::app
