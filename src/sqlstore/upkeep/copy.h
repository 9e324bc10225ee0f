// Copies all rows of one store to another one, which is empty.
//
// Lives here: copying table by table between any two databases, and comparing the result. It does
//             not depend on the meaning of the rows.
// Not here:   opening the databases (sqlite/database, postgres/database), artifacts
//             (keeping/copy_artifacts).
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

// Uses one transaction on each side: the new store gets all rows, compared by count and digest, or
// none. Memory use does not depend on the number of rows. Errc::conflict, with a sentence, when
// `to` is not empty or `from` lacks a migration; Errc::corrupt when the copy differs.
[[nodiscard]] Result<std::vector<CopiedTable>> copy_all(Database& from, Database& to);

}  // namespace updraft::sqlstore
