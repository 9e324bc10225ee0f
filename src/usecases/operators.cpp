#include "usecases/operators.h"

#include "audit/record.h"
#include "ports/operators_table.h"
#include "ports/sessions_table.h"
#include "usecases/operator_tokens.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

using access::Operator;

Result<void> keep_an_admin(Tx const& tx, Operator const& before, bool stays_admin) {
    if (stays_admin || before.role != access::Role::admin || before.disabled) return {};
    TRY_ASSIGN(auto const others, tx.operators().has_admin_besides(before.name));
    if (others) return {};
    return fail(Errc::conflict, before.name + " is the only enabled operator with the role admin");
}

audit::Changes changes_of(Operator const& before, Operator const& after) {
    audit::Changes changes;
    changes.add("role", word(before.role), word(after.role))
        .add("approve", before.approve, after.approve)
        .add("disabled", before.disabled, after.disabled);
    return changes;
}

}  // namespace

Result<Operator> create_operator(Tx& tx, access::Actor const& actor, Operator const& wanted,
                                 Instant now) {
    auto made = wanted;
    made.created_at = now;
    TRY(tx.operators().insert(made));
    audit::Changes changes;
    changes.add("role", nullptr, word(made.role)).add("approve", nullptr, made.approve);
    TRY(audit::record(
        tx, actor,
        {.object_kind = "operator", .object_id = made.name, .changes = std::move(changes)}, now));
    return made;
}

Result<Operator> change_operator(Tx& tx, access::Actor const& actor, OperatorChange const& wanted,
                                 Instant now) {
    TRY_ASSIGN(auto const before,
               existing(tx.operators().find(wanted.name), "operator", wanted.name));
    auto after = before;
    after.role = wanted.role.value_or(before.role);
    after.approve = wanted.approve.value_or(before.approve);
    after.disabled = wanted.disabled.value_or(before.disabled);
    TRY(keep_an_admin(tx, before, after.role == access::Role::admin && !after.disabled));
    TRY(tx.operators().replace(after));
    std::int64_t ended = 0;
    if (after.role != before.role || after.disabled) {
        TRY_ASSIGN(ended, tx.sessions().remove_of(after.name));
    }
    TRY(audit::record(tx, actor,
                      {.object_kind = "operator",
                       .object_id = after.name,
                       .changes = changes_of(before, after),
                       .effect = sessions_ended(ended)},
                      now));
    return after;
}

Result<void> remove_operator(Tx& tx, access::Actor const& actor, std::string const& name,
                             Instant now) {
    TRY_ASSIGN(auto const before, existing(tx.operators().find(name), "operator", name));
    TRY(keep_an_admin(tx, before, false));
    TRY_ASSIGN(auto effect, end_access(tx, name, now));
    TRY(tx.operators().remove(name));
    audit::Changes changes;
    changes.add("role", word(before.role), nullptr).add("approve", before.approve, nullptr);
    return audit::record(tx, actor,
                         {.object_kind = "operator",
                          .object_id = before.name,
                          .changes = std::move(changes),
                          .effect = std::move(effect)},
                         now);
}

}  // namespace updraft::usecases
