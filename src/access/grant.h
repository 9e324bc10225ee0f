// A user's permission to an app, and the tokens that stand for it.
//
// Lives here: the nouns.
// Not here:   issuing and checking tokens (access/token.h), rows (ports/grants_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::access {

// A user, as known to apps. Made by an app's access/get, or named by the operator.
struct User {
    OpenId open_id;
    std::optional<AppId> made_by;           // Then no other app may be granted this user.
    std::optional<std::string> account_id;  // That app's own name for the user.
    Instant created_at;
};

struct Grant {
    AppId appid;
    OpenId open_id;
    Instant created_at;
};

enum class TokenKind : std::uint8_t { access, refresh };

// One issued token; only its digest is ever stored. A family is what one authorisation grew into:
// refreshing stays in the family, and a refresh token used twice ends the family.
struct Token {
    Sha256 digest{};
    TokenKind kind = TokenKind::access;
    std::string family;
    AppId appid;
    OpenId open_id;
    Instant expires_at;
    bool spent = false;  // A refresh token that was used: seen again, it betrays a thief.
};

// Names a family. Names of one grant's families sort by age.
struct Family {
    AppId appid;
    OpenId open_id;
    std::string name;
};

// A user's yes on a login page, worth one family of tokens. Only the digest is stored.
struct Code {
    Sha256 digest{};
    AppId appid;
    OpenId open_id;
    std::string redirect_uri;
    Instant expires_at;
    std::optional<std::string> family;  // What it was redeemed for.
};

// How long each token lives. Configuration [tokens].
struct Lifetimes {
    Millis access = std::chrono::hours{2};
    Millis refresh = std::chrono::hours{24 * 30};
    Millis code = std::chrono::minutes{10};
};

}  // namespace updraft::access
