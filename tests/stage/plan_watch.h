// Watches the SQL of every session, and checks how the database would carry it out.
//
// Lives here: collecting the SQL texts, and finding plans that read a whole table.
//
// Not here:   which suites use it (contracts/store/plans_test.cpp).
#pragma once

#include <set>
#include <string>
#include <vector>

namespace updraft::stage {

// From the first call on, every SQL text that any session prepares is collected.
void watch_plans();
// The texts collected since the previous call.
[[nodiscard]] std::set<std::string> watched_texts();

// The problems in SQLite's plans for these texts, one sentence each: a scan or a sort that is not
// in the list of allowed ones (stage/plan_watch.cpp).
[[nodiscard]] std::vector<std::string> bad_plans(std::set<std::string> const& texts);
// The same for PostgreSQL's generic plans (stage/plan_watch_postgres.cpp), in separate databases.
[[nodiscard]] std::vector<std::string> bad_postgres_plans(std::set<std::string> const& texts);

}  // namespace updraft::stage
