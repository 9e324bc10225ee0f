// Tokens of operators are made and removed; an operator is reset.
//
// Lives here: the use cases.
//
// Not here:   whose tokens a caller may change (admin/operators.h), the command that resets
//             (app/commands/operator_reset.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "access/actor.h"
#include "access/operator.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/secret.h"

namespace updraft::usecases {

struct TokenToMake {
    std::string holder;  // The operator's name.
    std::string label;
    std::optional<access::Role> role;  // Absent: the operator's, but at most the caller's.
    std::optional<std::chrono::seconds> lifetime;
};

struct MadeToken {
    access::OperatorToken token;
    Secret secret;
};

// Errc::not_found for the operator; Errc::invalid for a role above the operator's; Errc::forbidden
// for one above the caller's.
[[nodiscard]] Result<MadeToken> create_operator_token(Tx& tx, IdSource& id_source,
                                                      access::Actor const& actor,
                                                      TokenToMake const& wanted, Instant now);

// The token, and the sessions that it began, are invalid from the commit on. Errc::not_found.
[[nodiscard]] Result<void> remove_operator_token(Tx& tx, access::Actor const& actor,
                                                 std::string const& holder, std::string const& id,
                                                 Instant now);

// Ends all tokens and sessions of an operator, enables it, and makes a token of its role for it.
// The operator `admin` gets the role admin, and is made if it is not there; Errc::not_found for
// another operator.
[[nodiscard]] Result<Secret> reset_operator(Tx& tx, IdSource& id_source, access::Actor const& actor,
                                            std::string const& name, Instant now);

// The operator `admin` with that token, in a store without operators. False, and nothing is
// changed, when there is an operator. Not recorded: nobody has acted.
[[nodiscard]] Result<bool> admit_first_admin(Tx& tx, IdSource& id_source, Secret const& token,
                                             Instant now);

// Ends all tokens and sessions of an operator. Answers how many, as an effect for the audit.
[[nodiscard]] Result<std::string> end_access(Tx& tx, std::string const& name, Instant now);

// "2 sessions ended", as an effect for the audit; empty for none.
[[nodiscard]] std::string sessions_ended(std::int64_t count);

inline constexpr std::string_view first_admin = "admin";

}  // namespace updraft::usecases
