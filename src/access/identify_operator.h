// Authenticates an operator by a token or a session.
//
// Lives here: whether a credential is valid now, and the role that it gives.
//
// Not here:   reading it from a request (admin/credentials.h), making tokens and sessions
//             (usecases/operator_tokens.h, usecases/sign_in.h), rows
//             (ports/operator_tokens_table.h, ports/sessions_table.h).
#pragma once

#include <optional>
#include <string>

#include "access/activity.h"
#include "access/operator.h"
#include "ports/store.h"
#include "vocabulary/digest.h"

namespace updraft::access {

// [console]: a session ends when it was not used for `idle`, and `max` after it began.
struct SessionLimits {
    Millis idle{};
    Millis max{};
};

// An operator whose credential is valid.
struct SignedIn {
    Operator who;
    Role role = Role::viewer;  // The lower one of the credential's and the operator's.
    bool by_session = false;
    Sha256 digest{};       // Of the credential.
    std::string token_id;  // Of the token, or of the one that began the session; may be empty.
    std::optional<Instant> token_expires_at;
};

// The outcome of a check: signed in, or the reason why not, with the operator's name when the
// credential is one that was valid once or is an operator's that may not sign in.
struct Identified {
    std::optional<SignedIn> signed_in;
    std::string reason;  // For the audit; clients get the same text for every reason.
    std::string name;    // Empty: unknown.
};

// How far clocks of several instances may differ: what is from later than this is not valid,
// because a clock was set back, and its time would never be over.
inline constexpr Millis clock_tolerance = std::chrono::minutes{1};

// Each is one look-up; errors are the store's.
[[nodiscard]] Result<Identified> identify_token(Tx const& tx, Sha256 const& token, Instant now);
// `activity` knows the last requests of this process.
[[nodiscard]] Result<Identified> identify_session(Tx const& tx, Sha256 const& session,
                                                  SessionLimits const& limits,
                                                  Activity const& activity, Instant now);

}  // namespace updraft::access
