// All that one store holds, put into another one that is empty.
//
// Lives here: copying table by table, and comparing what arrived; it knows nothing of what the rows
//             mean, and takes any two databases that speak our SQL.
// Not here:   opening them (database), artifacts, which are no rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlstore/database.h"

namespace updraft::sqlstore {

struct CopiedTable {
    std::string name;
    std::int64_t rows = 0;
};

// One transaction on either side: the new store has all of it, compared row by row by count and
// digest, or nothing. Constant memory. Errc::conflict with a sentence when `to` is not empty or
// `from` is not of today's shape; Errc::corrupt when what arrived is not what was sent.
[[nodiscard]] Result<std::vector<CopiedTable>> copy_all(Database& from, Database& to);

}  // namespace updraft::sqlstore
