// Is this an operator?
//
// Lives here: reading "Bearer <token>" and looking its digest up.
// Not here:   making the first token (app/key_file.h), rows (ports/admin_tokens_table.h).
#pragma once

#include <string_view>

#include "ports/store.h"
#include "vocabulary/digest.h"

namespace updraft::access {

// The digest of the token in an Authorization header. Errc::unauthorized when there is none.
[[nodiscard]] Result<Sha256> read_bearer(std::string_view authorization);

// Errc::unauthorized when it is not a known operator's.
[[nodiscard]] Result<void> check_admin(Tx const& tx, Sha256 const& token);

}  // namespace updraft::access
