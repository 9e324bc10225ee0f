// The interface of a store on a database, SQLite or PostgreSQL.
//
// Lives here: what such a store has in addition to Store: its counts, and the migrations of a newer
//             program.
// Not here:   opening one (sqlite/store, postgres/store), SQL (tables/).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ports/store.h"

namespace updraft::sqlstore {

enum class Durability : std::uint8_t {
    power,    // Acknowledged commits survive a power cut.
    process,  // Acknowledged commits survive a crash of this process.
};

struct StoreCounts {
    std::uint64_t commits = 0;    // Commits that changed rows.
    std::uint64_t committed = 0;  // Write transactions that succeeded.
    std::uint64_t refused = 0;    // Write transactions that failed: disk or server error.
    std::uint64_t waiting = 0;    // Write transactions in the queue.
    std::uint64_t repeated = 0;   // Attempts that were repeated (PostgreSQL).
    std::uint64_t checkpoints = 0;
    std::uint64_t write_ahead_bytes = 0;  // Write-ahead log at the last commit (SQLite).
};

// The destructor runs the queued transactions, then closes every connection. No transaction may be
// submitted or read once it has begun.
class SqlStore : public Store {
public:
    // Numbers for /metrics. From any thread.
    [[nodiscard]] virtual StoreCounts counts() const = 0;
    // The bytes that the database takes on its disk. Waits for the disk or the server. From any
    // thread.
    [[nodiscard]] virtual Result<std::int64_t> bytes() = 0;
    // Names of migrations that a newer program made and that this one accepts (schema/migrate.h).
    [[nodiscard]] std::vector<std::string> const& newer_migrations() const { return newer_; }

protected:
    explicit SqlStore(std::vector<std::string> newer) : newer_(std::move(newer)) {}

private:
    std::vector<std::string> const newer_;
};

}  // namespace updraft::sqlstore
