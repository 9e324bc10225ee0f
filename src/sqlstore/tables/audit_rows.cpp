#include "sqlstore/tables/audit_rows.h"

#include <utility>

#include "access/operator.h"
#include "sqlstore/tables/pages.h"

namespace updraft::sqlstore {
namespace {

using access::ActorKind;

#define UPDRAFT_AUDIT_COLUMNS                                                                   \
    "id, at, actor_kind, actor, via, ip, request_id, action, object_kind, object_id, outcome, " \
    "changes, effect, note, times, folded"

// One index answers `where` in the order of ids; the conditions after it are compared row by row,
// down to the id $2.
#define UPDRAFT_AUDIT_PAGE(where)                                                          \
    "SELECT " UPDRAFT_AUDIT_COLUMNS " FROM audit WHERE " where                             \
    " AND id < $1 AND id >= $2 AND ($3 = '' OR folded = $3) AND ($4 = '' OR action = $4) " \
    "AND ($5 = '' OR object_id = $5) AND at >= $6 AND at < $7 ORDER BY id DESC LIMIT $8"
#define UPDRAFT_AUDIT_LAST(where) \
    "SELECT id FROM audit WHERE " where " AND id < $1 ORDER BY id DESC LIMIT 1 OFFSET $2"

// The statements that go through one index.
struct Walk {
    std::string_view page;
    std::string_view last;  // The id of the last row that a page may look at.
};
constexpr Walk all_rows{UPDRAFT_AUDIT_PAGE("id > 0"), UPDRAFT_AUDIT_LAST("id > 0")};
constexpr Walk of_object{UPDRAFT_AUDIT_PAGE("object_id <> '' AND object_id = $5"),
                         UPDRAFT_AUDIT_LAST("object_id <> '' AND object_id = $3")};
constexpr Walk of_actor{UPDRAFT_AUDIT_PAGE("folded = $3"), UPDRAFT_AUDIT_LAST("folded = $3")};
constexpr Walk of_action{UPDRAFT_AUDIT_PAGE("action = $4"), UPDRAFT_AUDIT_LAST("action = $3")};

// True when the walk alone does not say which rows fit.
bool compares_rows(AuditFilter const& filter) {
    auto const walks = (filter.actor ? 1 : 0) + (filter.action ? 1 : 0) + (filter.object ? 1 : 0);
    return walks > 1 || filter.since != AuditFilter{}.since || filter.until != AuditFilter{}.until;
}

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
    TRY_ASSIGN(auto const below, number_after(ask, std::numeric_limits<std::int64_t>::max()));
    auto const actor = access::folded(filter.actor.value_or(""));
    auto const action = filter.action.value_or("");
    auto const object = filter.object.value_or("");
    auto const& walk = !object.empty()   ? of_object
                       : !actor.empty()  ? of_actor
                       : !action.empty() ? of_action
                                         : all_rows;
    auto const& walked = !object.empty() ? object : !actor.empty() ? actor : action;
    std::optional<std::int64_t> floor;
    if (compares_rows(filter)) {
        auto last = &walk == &all_rows
                        ? session_.query(walk.last, below, audit_looked_at_max - 1)
                        : session_.query(walk.last, below, audit_looked_at_max - 1, walked);
        if (!last) return pass(last);
        TRY_ASSIGN(auto const more, last->next());
        if (more) floor = last->number(0);
    }
    auto rows = session_.query(walk.page, below, floor.value_or(0), actor, action, object,
                               filter.since, filter.until, ask.limit + 1);
    TRY_ASSIGN(auto page, page_of(std::move(rows), ask, read_audit_row,
                                  [](AuditRow const& row) { return std::to_string(row.id); }));
    // A page that is not full has looked at all rows that it may.
    if (!page.next && floor) page.next = std::to_string(*floor);
    return page;
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
