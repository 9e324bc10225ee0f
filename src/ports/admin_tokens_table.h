// The digests of operators' tokens.
//
// Lives here: what the domain asks of them.
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
    // A text that only the right key file can decrypt; set once, when the store is new. Empty
    // before.
    [[nodiscard]] virtual Result<std::string> key_check() const = 0;
    virtual Result<void> set_key_check(std::string const& sealed) = 0;
};

}  // namespace updraft
