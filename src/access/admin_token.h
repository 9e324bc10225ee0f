// Authenticates an operator by a token.
//
// Lives here: finding the operator by the digest of the token.
//
// Not here:   reading the header (admin/bearer.h), making the first token (app/process/key_file.h),
//             rows (ports/admin_tokens_table.h).
#pragma once

#include <string>

#include "ports/store.h"
#include "vocabulary/digest.h"

namespace updraft::access {

struct Operator {
    std::string name;
};

// The operator whose token has that digest; the only operator now is `admin`. Errc::unauthorized
// when there is none.
[[nodiscard]] Result<Operator> identify_operator(Tx const& tx, Sha256 const& token);

}  // namespace updraft::access
