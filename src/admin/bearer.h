// Reads the token in an operator's request.
//
// Lives here: reading "Bearer <token>".
//
// Not here:   finding the token's operator (access/identify_operator.h).
#pragma once

#include <string_view>

#include "vocabulary/digest.h"
#include "vocabulary/result.h"

namespace updraft::admin {

// The digest of the token in an Authorization header. Errc::unauthorized when there is none.
[[nodiscard]] Result<Sha256> read_bearer(std::string_view authorization);

}  // namespace updraft::admin
