// What must be true between the rows of a sound store, as queries that find rows for which it is
// not.
//
// Lives here: the table of queries.
// Not here:   asking them (upkeep/inspection).
#pragma once

#include <string>
#include <vector>

namespace updraft::sqlstore {

struct Question {
    std::string
        finding;      // What is wrong with each row found: "a grant of an app that is not there".
    std::string sql;  // One column of text that names the row; takes the limit as $1.
};

[[nodiscard]] std::vector<Question> const& questions();

}  // namespace updraft::sqlstore
