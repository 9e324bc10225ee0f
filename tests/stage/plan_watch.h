// Watches the SQL of every session, and checks how the database would carry it out.
//
// Lives here: collecting SQL texts while tests run, and finding those that walk a whole table.
// Not here:   which suites want it (contracts/store).
#pragma once

#include <set>
#include <string>
#include <vector>

namespace updraft::stage {

// From the first call on, every SQL text that any session prepares is kept.
void watch_plans();
// Those kept since the last call.
[[nodiscard]] std::set<std::string> watched_texts();

// What is wrong with the plans that SQLite makes of them, one sentence each: a scan or a sort that
// no line of the allowed list (plan_watch.cpp) explains.
[[nodiscard]] std::vector<std::string> bad_plans(std::set<std::string> const& texts);
// The same of PostgreSQL's generic plans (plan_watch_postgres.cpp), in a database of its own.
[[nodiscard]] std::vector<std::string> bad_postgres_plans(std::set<std::string> const& texts);

}  // namespace updraft::stage
