// What the rows of a sound store promise each other, as questions whose answers should be nothing.
//
// Lives here: the table of questions.
// Not here:   asking them (inspection).
#pragma once

#include <string>
#include <vector>

namespace updraft::sqlstore {

struct Question {
    std::string finding;  // Said of each row found: "a grant of an app that is not there".
    std::string sql;      // One column of text that names the row; takes the limit as $1.
};

[[nodiscard]] std::vector<Question> const& questions();

}  // namespace updraft::sqlstore
