// The consistency rules between rows, as queries that find the rows that break a rule.
//
// Lives here: the table of queries.
// Not here:   running them (upkeep/inspection).
#pragma once

#include <string>
#include <vector>

namespace updraft::sqlstore {

struct Question {
    std::string finding;  // The problem of each row that is found, such as "a grant of an app that
                          // is not there".
    std::string sql;      // Answers one text column that names the row; $1 is the limit of rows.
};

[[nodiscard]] std::vector<Question> const& questions();

}  // namespace updraft::sqlstore
