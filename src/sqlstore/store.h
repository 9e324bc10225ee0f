// The store on a database; that on a file: one writer that commits many transactions at once, and
// readers beside it.
//
// Lives here: what every such store has; opening a file (lock, migrations), group commit,
// snapshots,
//             and what happens when the disk refuses. Not here: SQL (*_rows.cpp), SQLite itself
//             (sqlite_session), a store on a server (postgres_store).
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
    power,    // What was acknowledged survives a power cut.
    process,  // What was acknowledged survives the death of this process.
};

struct StoreCounts {
    std::uint64_t commits = 0;    // Durable commits that reached the disk.
    std::uint64_t committed = 0;  // Write transactions in them.
    std::uint64_t refused = 0;    // Those that a failing disk, or a server out of reach, refused.
    std::uint64_t waiting = 0;    // Write transactions in the queue now.
    std::uint64_t repeated = 0;   // Runs that were for nothing, because others were in the way.
    std::uint64_t checkpoints = 0;
    std::uint64_t write_ahead_bytes = 0;  // In the write-ahead log at the last commit.
};

// Closing runs what is queued, then closes every connection. No transaction may be submitted or
// read while or after it closes.
class SqlStore : public Store {
public:
    // Numbers for /metrics. From any thread.
    [[nodiscard]] virtual StoreCounts counts() const = 0;
    // Migrations that a newer program made before this one opened it, and that it lives with.
    [[nodiscard]] std::vector<std::string> const& newer_migrations() const { return newer_; }

protected:
    explicit SqlStore(std::vector<std::string> newer) : newer_(std::move(newer)) {}

private:
    std::vector<std::string> const newer_;
};

}  // namespace updraft::sqlstore
