// The list of what operators and the server did (docs/admin-api.md#audit).
//
// Lives here: the filters, and writing a row as JSON.
//
// Not here:   recording (audit/record.h), rows (ports/audit_table.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"

namespace updraft::admin {

boost::asio::awaitable<http::Reply> list_audit(Context& context, http::Request const& request);

}  // namespace updraft::admin
