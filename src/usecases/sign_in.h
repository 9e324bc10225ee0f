// Sessions of the console: an operator signs in and out.
//
// Lives here: the use cases, and setup tokens, which sign in once.
//
// Not here:   the cookie and who may send it (admin/credentials.h), whether a session is valid
//             (access/identify_operator.h).
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "access/actor.h"
#include "access/identify_operator.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/secret.h"

namespace updraft::usecases {

// A setup token is valid for this long.
inline constexpr Millis setup_token_lifetime = std::chrono::minutes{30};

// What signs in: a token or a setup token, or the name that a trusted proxy vouches for.
struct TokenGiven {
    Sha256 digest;
};
struct NameVouchedFor {
    std::string name;
};
using SignInBy = std::variant<TokenGiven, NameVouchedFor>;

// A session and its secret for the cookie; or the reason why there is none (for the audit).
struct SignInOutcome {
    access::Identified who;
    Secret cookie;
};

// `actor` says from where; its name is set here. A refusal is no error: what the transaction
// changed stays, because a setup token is used up by it.
[[nodiscard]] Result<SignInOutcome> sign_in(Tx& tx, IdSource& id_source, access::Actor actor,
                                            SignInBy const& by, Instant now);

// Ends the session of `who`.
[[nodiscard]] Result<void> sign_out(Tx& tx, access::Actor const& actor, access::SignedIn const& who,
                                    Instant now);

// A token that signs the operator in once, within setup_token_lifetime. Errc::not_found for the
// operator.
[[nodiscard]] Result<Secret> make_setup_token(Tx& tx, IdSource& id_source, std::string const& name,
                                              Instant now);

}  // namespace updraft::usecases
