// Users, their permissions to apps, and the tokens for these permissions.
//
// Lives here: the types.
//
// Not here:   issuing and checking tokens (access/token.h), rows (ports/grants_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vocabulary/digest.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::access {

// A user, created by an app's access/get or by an operator.
struct User {
    OpenId open_id;
    std::optional<AppId> made_by;           // The app that created it; only this app gets grants.
    std::optional<std::string> account_id;  // That app's own name for the user.
    Instant created_at;
};

struct Grant {
    AppId appid;
    OpenId open_id;
    Instant created_at;
};

enum class TokenKind : std::uint8_t { access, refresh };

// The names of kinds in the store, in the order of TokenKind.
inline constexpr EnumWords<2> token_kind_words{"access", "refresh"};

[[nodiscard]] constexpr std::string_view word(TokenKind kind) {
    return word_in(token_kind_words, kind);
}
[[nodiscard]] constexpr std::optional<TokenKind> read_token_kind(std::string_view text) {
    return value_in<TokenKind>(token_kind_words, text);
}

// An issued token; only its digest is stored. A family is all tokens that come from one
// authorisation: a refresh adds tokens to the family, and a refresh token that is used too often
// revokes the family.
struct Token {
    Sha256 digest{};
    TokenKind kind = TokenKind::access;
    std::string family;
    AppId appid;
    OpenId open_id;
    Instant expires_at;
    bool spent = false;                    // True for a refresh token that was used.
    std::optional<Instant> spent_at = {};  // Absent: not used, or used before migration 17.
    bool repeated = false;                 // It was used once more, within refresh_grace.
};

// Identifies a family. The names of one grant's families sort by age, oldest first.
struct Family {
    AppId appid;
    OpenId open_id;
    std::string name;
};

// An authorisation code: a user agreed on a login page. It can be exchanged once, for one family of
// tokens. Only its digest is stored.
struct Code {
    Sha256 digest{};
    AppId appid;
    OpenId open_id;
    std::string redirect_uri;
    Instant expires_at;
    std::optional<std::string> family;  // The family that it was exchanged for; absent before.
};

// How long each kind of token is valid, and how long after its first use a refresh token may be
// used once more (0: never). Configuration [tokens].
struct Lifetimes {
    Millis access = std::chrono::hours{2};
    Millis refresh = std::chrono::hours{24 * 30};
    Millis code = std::chrono::minutes{10};
    Millis refresh_grace = std::chrono::seconds{30};
};

}  // namespace updraft::access
