// Rows of operators' tokens: their digests, never the tokens themselves.
//
// Lives here: the interface that the domain uses.
// Not here:   setup tokens and sessions (ports/sessions_table.h), the SQL
//             (sqlstore/tables/operator_tokens_rows.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/operator.h"
#include "vocabulary/digest.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

// A token and its operator; no operator when that was removed.
struct KnownToken {
    access::OperatorToken token;
    std::optional<access::Operator> holder;
};

// Operators are named by access::folded(). Tokens with ended_at are found by their digest only.
class OperatorTokensTable {
public:
    virtual ~OperatorTokensTable() = default;
    // One statement. Also a token that has ended. Errc::not_found.
    [[nodiscard]] virtual Result<KnownToken> find(Sha256 const& digest) const = 0;
    // A token of that operator that has not ended. Errc::not_found.
    [[nodiscard]] virtual Result<access::OperatorToken> find_by_id(std::string_view holder,
                                                                   std::string_view id) const = 0;
    // The operator's tokens that have not ended, in the order of ids.
    [[nodiscard]] virtual Result<Page<access::OperatorToken>> list(std::string_view holder,
                                                                   PageAsk const& ask) const = 0;
    virtual Result<void> insert(access::OperatorToken const& token, Sha256 const& digest) = 0;
    // From the commit on the token is not valid, also for programs that only know admin_tokens.
    virtual Result<void> end(std::string_view id, Instant now) = 0;
    // The same for all tokens of an operator. Answers their number.
    virtual Result<std::int64_t> end_all(std::string_view holder, Instant now) = 0;
    // Sets last_used_at, which never becomes earlier. No effect when there is no such token.
    virtual Result<void> note_used(std::string_view id, Instant at) = 0;
    // Ends at most `limit` tokens that have expired: a clock that is set back later makes none of
    // them valid again. Answers their number.
    virtual Result<std::int64_t> end_expired(Instant now, std::int64_t limit) = 0;
    // Removes at most `limit` tokens that ended before `before`. Answers their number.
    virtual Result<std::int64_t> forget_ended(Instant before, std::int64_t limit) = 0;
};

}  // namespace updraft
