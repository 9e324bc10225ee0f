// Looks over the shoulder of every session: how would the database carry out what it is asked?
//
// Lives here: collecting SQL texts while tests run, and finding those that walk a whole table.
// Not here:   which suites want it (contracts/store).
#pragma once

#include <string>
#include <vector>

namespace updraft::stage {

// From the first call on, every SQL text that any session prepares is kept.
void watch_plans();

// What is wrong with the plans of the texts kept since the last call, one sentence each: a scan or
// a sort that no line of the allowed list (plan_watch.cpp) explains.
[[nodiscard]] std::vector<std::string> bad_plans();

}  // namespace updraft::stage
