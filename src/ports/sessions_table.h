// Rows of sessions, and of the setup tokens that make one session each.
//
// Lives here: the interface that the domain uses.
// Not here:   how long a session lasts (access/identify_operator.h), the SQL
//             (sqlstore/tables/sessions_rows.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/operator.h"
#include "vocabulary/digest.h"
#include "vocabulary/result.h"

namespace updraft {

// A session and its operator; no operator when that was removed.
struct KnownSession {
    access::Session session;
    std::optional<access::Operator> holder;
};

struct SetupToken {
    std::string holder;
    Instant created_at;
};

// Operators are named by access::folded().
class SessionsTable {
public:
    virtual ~SessionsTable() = default;
    // One statement. Errc::not_found.
    [[nodiscard]] virtual Result<KnownSession> find(Sha256 const& digest) const = 0;
    virtual Result<void> insert(access::Session const& session, Sha256 const& digest) = 0;
    // No effect when there is no such session.
    virtual Result<void> remove(Sha256 const& digest) = 0;
    // Also the operator's setup tokens. Answers the number of sessions.
    virtual Result<std::int64_t> remove_of(std::string_view holder) = 0;
    virtual Result<std::int64_t> remove_of_token(std::string_view token_id) = 0;
    // Sets active_at, which never becomes earlier. No effect when there is no such session.
    virtual Result<void> note_active(Sha256 const& digest, Instant at) = 0;
    // Removes at most `limit` sessions that began before `before`. Answers their number.
    virtual Result<std::int64_t> forget(Instant before, std::int64_t limit) = 0;

    virtual Result<void> insert_setup(SetupToken const& token, Sha256 const& digest) = 0;
    // Removes the setup token and answers it: it can be taken once. Errc::not_found.
    virtual Result<SetupToken> take_setup(Sha256 const& digest) = 0;
    virtual Result<std::int64_t> forget_setup(Instant before, std::int64_t limit) = 0;
};

}  // namespace updraft
