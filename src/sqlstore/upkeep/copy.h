// Copies everything in one store to another one, which is empty.
//
// Lives here: copying table by table between any two databases, and comparing what arrived; it
//             needs no knowledge of what the rows mean.
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

// One transaction on either side: the new store gets all rows, compared by count and digest, or
// none. Constant memory. Errc::conflict with a sentence when `to` is not empty or `from` lacks a
// migration; Errc::corrupt when what arrived is not what was sent.
[[nodiscard]] Result<std::vector<CopiedTable>> copy_all(Database& from, Database& to);

}  // namespace updraft::sqlstore
