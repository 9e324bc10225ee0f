// A log line for each entry of the audit, for a system elsewhere that keeps it.
//
// Lives here: the fields of the line.
//
// Not here:   when it is written (Store::on_audit()), the rows (ports/audit_table.h).
#pragma once

#include "app/watch/journal.h"
#include "ports/audit_table.h"

namespace updraft::app {

void log_audit(Journal& journal, AuditEntry const& entry);

}  // namespace updraft::app
