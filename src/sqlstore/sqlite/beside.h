// Writes to an SQLite file that a server may be using, from another process.
//
// Lives here: one short write transaction, after which the server reads what it wrote.
// Not here:   how the server notices (sqlite/foreign_commits).
#pragma once

#include <filesystem>
#include <functional>

#include "ports/store.h"

namespace updraft::sqlstore {

// Runs `body` in a write transaction, which waits for the server's own one. When this returns,
// every new read of the server sees the change. Errc::not_found when there is no such file;
// Errc::conflict when it lacks migrations of this program. `recorded` gets the entries of the audit
// after the commit.
[[nodiscard]] Result<void> write_beside(std::filesystem::path const& file,
                                        Store::WriteBody const& body,
                                        std::function<void(AuditEntry const&)> const& recorded);

}  // namespace updraft::sqlstore
