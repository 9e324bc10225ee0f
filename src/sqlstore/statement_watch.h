// Tells a listener of every SQL text that is prepared.
//
// Lives here: the one listener of the process, which tests set to check query plans.
// Not here:   checking plans (tests/stage/plan_watch).
#pragma once

#include <functional>
#include <string_view>

namespace updraft::sqlstore {

// From any thread. Null removes the listener.
void watch_statements(std::function<void(std::string_view sql)> listener);
// For sessions: that text was prepared for the first time. Costs one atomic load while there is no
// listener.
void note_statement(std::string_view sql);

}  // namespace updraft::sqlstore
