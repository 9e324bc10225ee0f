#include "access/token.h"

#include <charconv>

#include "ports/grants_table.h"
#include "vocabulary/if_found.h"

namespace updraft::access {
namespace {

// A family's name is "000000000007.01KATW3F…": its number within the grant, so that names sort by
// age even within one millisecond, and a ULID, so that no name is used twice.
constexpr std::size_t place_digits = 12;

Result<std::string> next_family(Tx const& tx, IdSource& id_source, Caller const& caller,
                                Instant now) {
    TRY_ASSIGN(auto const newest, tx.grants().newest_family(caller.appid, caller.open_id));
    std::int64_t place = 0;
    if (newest) {
        auto const digits = std::string_view(*newest).substr(0, place_digits);
        std::from_chars(digits.data(), digits.data() + digits.size(), place);
    }
    auto name = std::to_string(place + 1);
    name.insert(0, place_digits - std::min(place_digits, name.size()), '0');
    return name + "." + id_source.ulid(now);
}

// True for a token that was used once, less than refresh_grace ago. Where the clock was set back,
// the first use seems to lie in the future: that counts as within.
bool may_repeat(Token const& token, Lifetimes const& lifetimes, Instant now) {
    if (token.repeated || !token.spent_at) return false;
    return lifetimes.refresh_grace > Millis{0} && now < *token.spent_at + lifetimes.refresh_grace;
}

// A new access token and a new refresh token of a family.
Result<Issued> issue_pair(Tx& tx, Means const& means, Family const& family, Instant now) {
    Issued issued{
        .open_id = family.open_id,
        .access_token = Secret(means.id_source.token()),
        .refresh_token = Secret(means.id_source.token()),
        .expires_in_seconds =
            std::chrono::ceil<std::chrono::seconds>(means.lifetimes.access).count(),
        .family = family.name,
    };
    Token token{
        .digest = sha256(issued.access_token.reveal()),
        .kind = TokenKind::access,
        .family = family.name,
        .appid = family.appid,
        .open_id = family.open_id,
        .expires_at = now + means.lifetimes.access,
        .spent = false,
    };
    TRY(tx.grants().insert_token(token));
    token.digest = sha256(issued.refresh_token.reveal());
    token.kind = TokenKind::refresh;
    token.expires_at = now + means.lifetimes.refresh;
    TRY(tx.grants().insert_token(token));
    return issued;
}

}  // namespace

Result<Issued> issue(Tx& tx, Means const& means, Caller const& caller, Instant now) {
    TRY_ASSIGN(auto name, next_family(tx, means.id_source, caller, now));
    // The oldest families are removed before the new one is inserted, so that it is never removed.
    TRY(tx.grants().trim_families(caller.appid, caller.open_id, families_max - 1, now));
    Family const family{.appid = caller.appid, .open_id = caller.open_id, .name = std::move(name)};
    return issue_pair(tx, means, family, now);
}

Result<std::optional<Issued>> refresh(Tx& tx, Means const& means, AppId const& appid,
                                      std::optional<OpenId> const& open_id,
                                      Sha256 const& refresh_token, Instant now) {
    TRY_ASSIGN(auto token, if_found(tx.grants().token(refresh_token)));
    auto const fits = token && token->kind == TokenKind::refresh && token->appid == appid &&
                      (!open_id || token->open_id == *open_id);
    if (!fits) return fail(Errc::refresh_invalid, "refreshToken: not a token of this user");

    Family const family{.appid = token->appid, .open_id = token->open_id, .name = token->family};
    if (token->spent && may_repeat(*token, means.lifetimes, now)) {
        TRY(tx.grants().repeat_token(refresh_token));
        TRY_ASSIGN(auto again, issue_pair(tx, means, family, now));
        return again;
    }
    if (token->spent) {
        // The token was copied. The thief cannot be identified, so all tokens of the family are
        // revoked.
        TRY(tx.grants().remove_family(family));
        return std::nullopt;
    }
    if (now >= token->expires_at) {
        return fail(Errc::refresh_expired, "refreshToken: expired");
    }
    TRY(tx.grants().spend_token(refresh_token, now));
    TRY(tx.grants().remove_live_tokens(family));
    TRY(tx.grants().trim_spent(family, spent_kept));
    TRY_ASSIGN(auto issued, issue_pair(tx, means, family, now));
    return issued;
}

Result<OpenId> check(Tx const& tx, AppId const& appid, Sha256 const& access_token, Instant now) {
    TRY_ASSIGN(auto token, if_found(tx.grants().token(access_token)));
    if (!token || token->kind != TokenKind::access || token->appid != appid) {
        return fail(Errc::token_invalid, "Access-Token: not a live token of this app");
    }
    if (now >= token->expires_at) return fail(Errc::token_expired, "Access-Token: expired");
    return std::move(token->open_id);
}

Result<std::int64_t> sweep(Tx& tx, Instant now, std::int64_t limit) {
    return tx.grants().sweep(now - expired_kept, limit);
}

}  // namespace updraft::access
