#include "app/watch/audit_log.h"

namespace updraft::app {

void log_audit(Journal& journal, AuditEntry const& entry) {
    if (!journal.wants(LogLevel::info)) return;
    auto const& actor = entry.actor;
    auto const kind = actor.kind == access::ActorKind::an_operator ? "operator" : "system";
    journal.info("audit", {{"at", rfc3339(entry.at)},
                           {"kind", kind},
                           {"actor", actor.name},
                           {"via", actor.via},
                           {"ip", actor.ip},
                           {"request", actor.request_id},
                           {"action", actor.action},
                           {"object", entry.object_kind},
                           {"id", entry.object_id},
                           {"outcome", word(entry.outcome)},
                           {"changes", entry.changes},
                           {"effect", entry.effect},
                           {"note", entry.note},
                           {"times", entry.times}});
}

}  // namespace updraft::app
