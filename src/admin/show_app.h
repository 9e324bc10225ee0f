// How an app looks to an operator, without its secrets.
//
// Lives here: its members, and the words for what it subscribes to.
// Not here:   the calls that answer with it (admin/apps.h).
#pragma once

#include <string>
#include <string_view>

#include "access/app.h"
#include "json/reader.h"
#include "json/writer.h"
#include "vocabulary/result.h"

namespace updraft::admin {

[[nodiscard]] std::string_view word_of(access::PushState state);
void write_app(json::Writer& writer, access::App const& app);
[[nodiscard]] std::string body_of(access::App const& app);

// All three when absent. Errc::invalid naming pushEvents.
[[nodiscard]] Result<access::PushEvents> read_push_events(json::Object const& said);

}  // namespace updraft::admin
