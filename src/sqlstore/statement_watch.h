// Calls a listener with every SQL text that is prepared.
//
// Lives here: the one listener of the process, which tests set to check query plans.
// Not here:   checking plans (tests/stage/plan_watch).
#pragma once

#include <functional>
#include <string_view>

namespace updraft::sqlstore {

// Sets the listener; null removes it. From any thread.
void watch_statements(std::function<void(std::string_view sql)> listener);
// Called by sessions when they prepare a text. Costs one atomic load while there is no listener.
void note_statement(std::string_view sql);

}  // namespace updraft::sqlstore
