#include "sqlstore/tables/audit_rows.h"

#include <array>
#include <limits>
#include <utility>

#include "access/operator.h"
#include "sqlstore/tables/pages.h"

namespace updraft::sqlstore {
namespace {

using access::ActorKind;

#define UPDRAFT_AUDIT_COLUMNS                                                                   \
    "id, at, actor_kind, actor, via, ip, request_id, action, object_kind, object_id, outcome, " \
    "changes, effect, note, times"

#define SELECT_AUDIT "SELECT " UPDRAFT_AUDIT_COLUMNS " FROM audit WHERE "

Result<AuditRow> read_audit_row(Rows const& rows) {
    AuditRow row;
    row.id = rows.number(0);
    auto& entry = row.entry;
    entry.at = rows.instant(1);
    entry.actor.kind = rows.text(2) == "operator" ? ActorKind::an_operator : ActorKind::the_system;
    entry.actor.name = rows.text(3);
    entry.actor.via = rows.text(4);
    entry.actor.ip = rows.text(5);
    entry.actor.request_id = rows.text(6);
    entry.actor.action = rows.text(7);
    entry.object_kind = rows.text(8);
    entry.object_id = rows.text(9);
    entry.outcome = rows.text(10) == "denied" ? AuditOutcome::denied : AuditOutcome::done;
    entry.changes = rows.text(11);
    entry.effect = rows.text(12);
    entry.note = rows.text(13);
    entry.times = rows.number(14);
    return row;
}

// The current row; nothing when the filter does not accept it.
Result<std::optional<AuditRow>> accepted_row(AuditFilter const& filter, Rows const& rows) {
    TRY_ASSIGN(auto row, read_audit_row(rows));
    auto const& entry = row.entry;
    auto const fits =
        (!filter.actor || access::folded(*filter.actor) == access::folded(entry.actor.name)) &&
        (!filter.action || *filter.action == entry.actor.action) &&
        (!filter.object || *filter.object == entry.object_id) && entry.at >= filter.since &&
        entry.at < filter.until;
    if (!fits) return std::nullopt;
    return row;
}

// By the most selective field that has an index; the others are compared row by row.
Stretch audit_stretch(Session& session, AuditFilter const& filter) {
    if (filter.object) {
        return newest_first(session, "object",
                            SELECT_AUDIT
                            "object_id <> '' AND object_id = $3 AND id < $1 "
                            "ORDER BY id DESC LIMIT $2",
                            *filter.object);
    }
    if (filter.actor) {
        return newest_first(session, "actor",
                            SELECT_AUDIT "folded = $3 AND id < $1 ORDER BY id DESC LIMIT $2",
                            access::folded(*filter.actor));
    }
    if (filter.action) {
        return newest_first(session, "action",
                            SELECT_AUDIT "action = $3 AND id < $1 ORDER BY id DESC LIMIT $2",
                            *filter.action);
    }
    return newest_first(session, "all", SELECT_AUDIT "id < $1 ORDER BY id DESC LIMIT $2");
}

}  // namespace

// Write transactions of all instances run one after the other, so the next id is the highest one
// plus one, without a sequence and its network round trip.
Result<void> AuditRows::add(AuditEntry entry) {
    auto const& actor = entry.actor;
    auto const* const kind = actor.kind == ActorKind::an_operator ? "operator" : "system";
    TRY(session_.change(
        "INSERT INTO audit (id, at, actor_kind, actor, folded, via, ip, request_id, action, "
        "object_kind, object_id, outcome, changes, effect, note, times) "
        "SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
        "$14, $15 FROM audit",
        entry.at, kind, actor.name, access::folded(actor.name), actor.via, actor.ip,
        actor.request_id, actor.action, entry.object_kind, entry.object_id, word(entry.outcome),
        entry.changes, entry.effect, entry.note, entry.times));
    session_.note_audit(std::move(entry));
    return {};
}

Result<Page<AuditRow>> AuditRows::list(AuditFilter const& filter, PageAsk const& ask) const {
    std::array const stretches{audit_stretch(session_, filter)};
    auto const read = [&](Rows const& rows) { return accepted_row(filter, rows); };
    return page_of_stretches<AuditRow>(stretches, ask, read);
}

Result<AuditSwept> AuditRows::sweep(Instant before, std::int64_t after, std::int64_t limit) {
    AuditSwept swept;
    std::optional<std::int64_t> end;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT id FROM audit WHERE id > $1 "
                                             "ORDER BY id LIMIT 1 OFFSET $2",
                                             after, limit - 1));
        TRY_ASSIGN(auto const more, rows.next());
        if (more) end = rows.number(0);
    }
    auto const to = end.value_or(std::numeric_limits<std::int64_t>::max());
    TRY_ASSIGN(swept.removed,
               session_.execute("DELETE FROM audit WHERE id > $1 AND id <= $2 AND at < $3 "
                                "AND id < (SELECT MAX(m.id) FROM audit m)",
                                after, to, before));
    if (swept.removed > 0) swept.next = end;
    return swept;
}

}  // namespace updraft::sqlstore

#undef SELECT_AUDIT
