#include "usecases/operator_tokens.h"

#include <algorithm>
#include <utility>

#include "audit/record.h"
#include "ports/admin_tokens_table.h"
#include "ports/operator_tokens_table.h"
#include "ports/operators_table.h"
#include "ports/sessions_table.h"
#include "vocabulary/digest.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

using access::Operator;
using access::Role;

constexpr std::size_t token_id_bytes = 8;

access::OperatorToken token_of(Operator const& holder, std::string id, Instant now) {
    access::OperatorToken token;
    token.id = std::move(id);
    token.holder = access::folded(holder.name);
    token.role = holder.role;
    token.created_at = now;
    return token;
}

// Also into the table that programs from before there were operators know.
Result<void> insert_for_all(Tx& tx, access::OperatorToken const& token, Sha256 const& digest,
                            Instant now) {
    TRY(tx.operator_tokens().insert(token, digest));
    TRY_ASSIGN(bool const known, tx.admin_tokens().knows(digest));
    return known ? Result<void>() : tx.admin_tokens().insert(digest, now);
}

Result<Role> role_for(Operator const& holder, access::Actor const& actor,
                      std::optional<Role> wanted) {
    if (!wanted) return std::min(holder.role, actor.role);
    if (*wanted > holder.role) {
        return fail(Errc::invalid, "role is above " + std::string(word(holder.role)) +
                                       ", the role of " + holder.name);
    }
    TRY(access::needs(actor, *wanted, "role: a token of that role"));
    return *wanted;
}

Operator admin_anew(Instant now) {
    return {
        .name = std::string(first_admin), .role = Role::admin, .approve = true, .created_at = now};
}

Result<Operator> to_be_reset(Tx& tx, std::string const& name, Instant now) {
    auto const is_admin = access::folded(name) == first_admin;
    TRY_ASSIGN(auto found, if_found(tx.operators().find(name)));
    if (!found && !is_admin) return fail(Errc::not_found, "there is no operator " + name);
    if (!found) {
        auto const made = admin_anew(now);
        TRY(tx.operators().insert(made));
        return made;
    }
    found->disabled = false;
    if (is_admin) found->role = Role::admin;
    TRY(tx.operators().replace(*found));
    return *std::move(found);
}

}  // namespace

Result<MadeToken> create_operator_token(Tx& tx, IdSource& id_source, access::Actor const& actor,
                                        TokenToMake const& wanted, Instant now) {
    TRY_ASSIGN(auto const holder,
               existing(tx.operators().find(wanted.holder), "operator", wanted.holder));
    MadeToken made{.token = token_of(holder, id_source.hex(token_id_bytes), now),
                   .secret = Secret(id_source.token())};
    auto& token = made.token;
    token.label = wanted.label;
    TRY_ASSIGN(token.role, role_for(holder, actor, wanted.role));
    if (wanted.lifetime) token.expires_at = now + *wanted.lifetime;
    TRY(tx.operator_tokens().insert(token, sha256(made.secret.reveal())));
    audit::Changes changes;
    changes.add("id", nullptr, token.id)
        .add_secret("token", false)
        .add("label", nullptr, token.label)
        .add("role", nullptr, word(token.role))
        .add("expiresAt", nullptr, token.expires_at);
    TRY(audit::record(
        tx, actor,
        {.object_kind = "operator", .object_id = holder.name, .changes = std::move(changes)}, now));
    return made;
}

Result<void> remove_operator_token(Tx& tx, access::Actor const& actor, std::string const& holder,
                                   std::string const& id, Instant now) {
    TRY_ASSIGN(auto const known, existing(tx.operators().find(holder), "operator", holder));
    TRY_ASSIGN(auto const token,
               existing(tx.operator_tokens().find_by_id(holder, id), "token", id));
    TRY(tx.operator_tokens().end(id, now));
    TRY_ASSIGN(auto const sessions, tx.sessions().remove_of_token(id));
    audit::Changes changes;
    changes.add("id", token.id, nullptr)
        .add("label", token.label, nullptr)
        .add("role", word(token.role), nullptr);
    return audit::record(tx, actor,
                         {.object_kind = "operator",
                          .object_id = known.name,
                          .changes = std::move(changes),
                          .effect = sessions_ended(sessions)},
                         now);
}

Result<Secret> reset_operator(Tx& tx, IdSource& id_source, access::Actor const& actor,
                              std::string const& name, Instant now) {
    TRY_ASSIGN(auto const holder, to_be_reset(tx, name, now));
    TRY_ASSIGN(auto effect, end_access(tx, name, now));
    Secret secret(id_source.token());
    auto const digest = sha256(secret.reveal());
    auto token = token_of(holder, id_source.hex(token_id_bytes), now);
    token.label = "reset";
    if (access::folded(name) == first_admin) {
        TRY(insert_for_all(tx, token, digest, now));
    } else {
        TRY(tx.operator_tokens().insert(token, digest));
    }
    audit::Changes changes;
    changes.add("id", nullptr, token.id).add_secret("token");
    TRY(audit::record(tx, actor,
                      {.object_kind = "operator",
                       .object_id = holder.name,
                       .changes = std::move(changes),
                       .effect = std::move(effect)},
                      now));
    return secret;
}

Result<std::string> end_access(Tx& tx, std::string const& name, Instant now) {
    TRY_ASSIGN(auto const tokens, tx.operator_tokens().end_all(name, now));
    TRY_ASSIGN(auto const sessions, tx.sessions().remove_of(name));
    return audit::counted(tokens, "token") + " and " + audit::counted(sessions, "session") +
           " ended";
}

std::string sessions_ended(std::int64_t count) {
    return count == 0 ? std::string() : audit::counted(count, "session") + " ended";
}

Result<bool> admit_first_admin(Tx& tx, IdSource& id_source, Secret const& secret, Instant now) {
    TRY_ASSIGN(auto const any, tx.operators().any());
    if (any) return false;
    auto const admin = admin_anew(now);
    TRY(tx.operators().insert(admin));
    auto token = token_of(admin, id_source.hex(token_id_bytes), now);
    token.label = "first start";
    TRY(insert_for_all(tx, token, sha256(secret.reveal()), now));
    return true;
}

}  // namespace updraft::usecases
