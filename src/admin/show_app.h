// Writes an app as JSON for operators, without its secrets.
//
// Lives here: its members, and the names of the message types that it subscribes to.
//
// Not here:   the calls that answer an app (admin/apps.h).
#pragma once

#include <string>
#include <string_view>

#include "access/app.h"
#include "json/reader.h"
#include "json/writer.h"
#include "vocabulary/result.h"

namespace updraft::admin {

void write_app(json::Writer& writer, access::App const& app);
[[nodiscard]] std::string body_of(access::App const& app);

// Reads the member pushEvents; all three types when it is absent. Errc::invalid names it.
[[nodiscard]] Result<access::PushEvents> read_push_events(json::Object const& said);

}  // namespace updraft::admin
