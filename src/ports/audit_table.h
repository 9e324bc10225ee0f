// Rows of the audit: who did what, when, from where.
//
// Lives here: a row, the filters of the list, and the interface that the domain uses.
// Not here:   what is recorded of an act (audit/record.h), the SQL
//             (sqlstore/tables/audit_rows.cpp).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "access/actor.h"
#include "vocabulary/instant.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

enum class AuditOutcome : std::uint8_t { done, denied };
[[nodiscard]] constexpr std::string_view word(AuditOutcome outcome) {
    return outcome == AuditOutcome::done ? "done" : "denied";
}

struct AuditEntry {
    Instant at;
    access::Actor actor;  // An operator or the system.
    std::string object_kind;
    std::string object_id;
    AuditOutcome outcome = AuditOutcome::done;
    std::string changes = "[]";  // A JSON list of {"field","old","new"}.
    std::string effect;
    std::string note;
    std::int64_t times = 1;
};

struct AuditRow {
    std::int64_t id = 0;
    AuditEntry entry;
};

// All that is given must hold.
struct AuditFilter {
    std::optional<std::string> actor;                         // A name in any case.
    std::optional<std::string> action;                        //
    std::optional<std::string> object;                        // An object's id, of any kind.
    Instant since{std::numeric_limits<std::int64_t>::min()};  // Inclusive.
    Instant until{std::numeric_limits<std::int64_t>::max()};  // Exclusive.
};

struct AuditSwept {
    std::int64_t removed = 0;
    std::optional<std::int64_t> next;  // Where the next sweep() starts; absent when it is done.
};

class AuditTable {
public:
    virtual ~AuditTable() = default;
    // Adds a row with the next id. When the transaction has been committed, the entry is given to
    // Store::on_audit(). Ids are in the order of the commits, of all instances.
    virtual Result<void> add(AuditEntry entry) = 0;
    // Newest first. A page may be short, or empty, and have a next one (vocabulary/page.h).
    [[nodiscard]] virtual Result<Page<AuditRow>> list(AuditFilter const& filter,
                                                      PageAsk const& ask) const = 0;
    // Looks at `limit` rows after the id `after` and removes those older than `before`; the newest
    // row always stays, so that no id is given twice. Done after rows none of which is old enough,
    // because ids are in the order of time.
    virtual Result<AuditSwept> sweep(Instant before, std::int64_t after, std::int64_t limit) = 0;
};

}  // namespace updraft
