// The store on a database, whichever it is.
//
// Lives here: what every such store can be asked beside Store: its counts, and migrations that a
//             newer program made.
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
    power,    // What was acknowledged survives a power cut.
    process,  // What was acknowledged survives the death of this process.
};

struct StoreCounts {
    std::uint64_t commits = 0;    // Durable commits that reached the disk.
    std::uint64_t committed = 0;  // Write transactions in them.
    std::uint64_t refused = 0;    // Those that failed because of the disk or the server.
    std::uint64_t waiting = 0;    // Write transactions that wait for a thread.
    std::uint64_t repeated = 0;   // Attempts that other transactions made useless.
    std::uint64_t checkpoints = 0;
    std::uint64_t write_ahead_bytes = 0;  // In the write-ahead log at the last commit.
};

// Closing runs what is queued, then closes every connection. No transaction may be submitted or
// read while or after it closes.
class SqlStore : public Store {
public:
    // Numbers for /metrics. From any thread.
    [[nodiscard]] virtual StoreCounts counts() const = 0;
    // Names of migrations that a newer program made, and that this one can work with.
    [[nodiscard]] std::vector<std::string> const& newer_migrations() const { return newer_; }

protected:
    explicit SqlStore(std::vector<std::string> newer) : newer_(std::move(newer)) {}

private:
    std::vector<std::string> const newer_;
};

}  // namespace updraft::sqlstore
