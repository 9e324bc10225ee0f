// Rows of operators' tokens (their digests), and the text that checks the secrets key.
//
// Lives here: the interface that the domain uses.
// Not here:   making the first one (app/), the SQL (sqlstore/tables/admin_tokens_rows.cpp).
#pragma once

#include "vocabulary/digest.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft {

class AdminTokensTable {
public:
    virtual ~AdminTokensTable() = default;
    [[nodiscard]] virtual Result<bool> knows(Sha256 const& digest) const = 0;
    [[nodiscard]] virtual Result<bool> any() const = 0;
    virtual Result<void> insert(Sha256 const& digest, Instant now) = 0;
    // A text that only the right key file can decrypt. It is set once, when the store is new; empty
    // before that.
    [[nodiscard]] virtual Result<std::string> key_check() const = 0;
    virtual Result<void> set_key_check(std::string const& sealed) = 0;
};

}  // namespace updraft
