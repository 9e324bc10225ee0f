#include "usecases/sign_in.h"

#include <utility>

#include "audit/record.h"
#include "ports/operators_table.h"
#include "ports/sessions_table.h"
#include "vocabulary/digest.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

using access::Identified;

Result<Identified> identify_name(Tx const& tx, std::string const& name) {
    TRY_ASSIGN(auto found, if_found(tx.operators().find(name)));
    if (!found) return Identified{.reason = "unknown"};
    if (found->disabled)
        return Identified{.reason = "the operator is disabled", .name = found->name};
    access::SignedIn who;
    who.role = found->role;
    who.who = *std::move(found);
    return Identified{.signed_in = std::move(who)};
}

// Nothing when the digest is not that of a setup token.
Result<std::optional<Identified>> identify_setup(Tx& tx, Sha256 const& digest, Instant now) {
    TRY_ASSIGN(auto const taken, if_found(tx.sessions().take_setup(digest)));
    if (!taken) return std::optional<Identified>();
    auto const age = now - taken->created_at;
    if (age >= setup_token_lifetime || age < -access::clock_tolerance) {
        return std::optional(
            Identified{.reason = "the setup token has expired", .name = taken->holder});
    }
    TRY_ASSIGN(auto who, identify_name(tx, taken->holder));
    return std::optional(std::move(who));
}

Result<Identified> identify(Tx& tx, SignInBy const& by, Instant now) {
    if (auto const* const vouched = std::get_if<NameVouchedFor>(&by)) {
        return identify_name(tx, vouched->name);
    }
    auto const& digest = std::get<TokenGiven>(by).digest;
    TRY_ASSIGN(auto setup, identify_setup(tx, digest, now));
    if (setup) return *std::move(setup);
    return access::identify_token(tx, digest, now);
}

}  // namespace

Result<SignInOutcome> sign_in(Tx& tx, IdSource& id_source, access::Actor actor, SignInBy const& by,
                              Instant now) {
    SignInOutcome outcome;
    TRY_ASSIGN(outcome.who, identify(tx, by, now));
    if (!outcome.who.signed_in) return outcome;
    auto& who = *outcome.who.signed_in;
    outcome.cookie = Secret(id_source.token());
    access::Session session{.holder = access::folded(who.who.name),
                            .role = who.role,
                            .created_at = now,
                            .active_at = now,
                            .ends_at = who.token_expires_at};
    if (!who.token_id.empty()) session.token_id = who.token_id;
    who.by_session = true;
    who.digest = sha256(outcome.cookie.reveal());
    TRY(tx.sessions().insert(session, who.digest));
    actor.name = who.who.name;
    actor.role = who.role;
    audit::Changes changes;
    changes.add_secret("session", false).add("role", nullptr, word(who.role));
    TRY(audit::record(tx, actor,
                      {.object_kind = "operator",
                       .object_id = who.who.name,
                       .changes = std::move(changes),
                       .effect = "signed in"},
                      now));
    return outcome;
}

Result<void> sign_out(Tx& tx, access::Actor const& actor, access::SignedIn const& who,
                      Instant now) {
    TRY(tx.sessions().remove(who.digest));
    return audit::record(
        tx, actor, {.object_kind = "operator", .object_id = who.who.name, .effect = "signed out"},
        now);
}

Result<Secret> make_setup_token(Tx& tx, IdSource& id_source, std::string const& name, Instant now) {
    TRY_ASSIGN(auto const known, existing(tx.operators().find(name), "operator", name));
    Secret token(id_source.token());
    TRY(tx.sessions().insert_setup({.holder = access::folded(known.name), .created_at = now},
                                   sha256(token.reveal())));
    return token;
}

}  // namespace updraft::usecases
