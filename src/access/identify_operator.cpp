#include "access/identify_operator.h"

#include <algorithm>

#include "ports/operator_tokens_table.h"
#include "ports/sessions_table.h"
#include "vocabulary/if_found.h"

namespace updraft::access {
namespace {

Identified unknown_credential() { return {.reason = "unknown"}; }

Identified refused(std::string name, std::string reason) {
    return {.reason = std::move(reason), .name = std::move(name)};
}

// Why a session is over; empty when it is not.
std::string end_of(Session const& session, SessionLimits const& limits, Instant active,
                   Instant now) {
    if (session.created_at > now + clock_tolerance || active > now + clock_tolerance) {
        return "the session is from later than now";
    }
    if (session.ends_at && now >= *session.ends_at) return "the session's token has expired";
    if (now - session.created_at >= limits.max) return "the session is over";
    if (now - active >= limits.idle) return "the session was not used for too long";
    return {};
}

}  // namespace

Result<Identified> identify_token(Tx const& tx, Sha256 const& token, Instant now) {
    TRY_ASSIGN(auto known, if_found(tx.operator_tokens().find(token)));
    if (!known) return unknown_credential();
    auto& [held, holder] = *known;
    auto name = holder ? holder->name : held.holder;
    if (held.ended_at) return refused(std::move(name), "the token was removed or has expired");
    if (held.expires_at && now >= *held.expires_at) {
        return refused(std::move(name), "the token has expired");
    }
    if (!holder) return refused(std::move(name), "the operator was removed");
    if (holder->disabled) return refused(std::move(name), "the operator is disabled");
    auto const role = std::min(held.role, holder->role);
    return Identified{.signed_in = SignedIn{.who = *std::move(holder),
                                            .role = role,
                                            .digest = token,
                                            .token_id = std::move(held.id),
                                            .token_expires_at = held.expires_at}};
}

Result<Identified> identify_session(Tx const& tx, Sha256 const& session,
                                    SessionLimits const& limits, Activity const& activity,
                                    Instant now) {
    TRY_ASSIGN(auto known, if_found(tx.sessions().find(session)));
    if (!known) return unknown_credential();
    auto& [held, holder] = *known;
    auto name = holder ? holder->name : held.holder;
    auto const noted = activity.last_use(session_key(session));
    auto const active = std::max(held.active_at, noted.value_or(held.active_at));
    auto over = end_of(held, limits, active, now);
    if (!over.empty()) return refused(std::move(name), std::move(over));
    if (!holder) return refused(std::move(name), "the operator was removed");
    if (holder->disabled) return refused(std::move(name), "the operator is disabled");
    auto const role = std::min(held.role, holder->role);
    return Identified{.signed_in = SignedIn{.who = *std::move(holder),
                                            .role = role,
                                            .by_session = true,
                                            .digest = session,
                                            .token_id = held.token_id.value_or(""),
                                            .token_expires_at = held.ends_at}};
}

}  // namespace updraft::access
