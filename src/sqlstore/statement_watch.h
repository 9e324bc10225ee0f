// Who wants to see every SQL text that is prepared.
//
// Lives here: the one listener, which tests set to look at plans.
// Not here:   looking at plans (tests/stage/plan_watch).
#pragma once

#include <functional>
#include <string_view>

namespace updraft::sqlstore {

// From any thread. Null: nobody listens any more.
void watch_statements(std::function<void(std::string_view sql)> listener);
// A session prepared that text for the first time. Costs nothing while nobody listens.
void note_statement(std::string_view sql);

}  // namespace updraft::sqlstore
