// Tells a server that another process has committed to its SQLite file.
//
// Lives here: a number in memory that all processes with the file share: it is in `<file>.lock`.
// Not here:   the lock on that file (sqlite/file_lock), the commits (sqlite/beside).
#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>

#include "vocabulary/result.h"

namespace updraft::sqlstore {

// Safe to use from any thread. count() is one load from memory.
class ForeignCommits {
public:
    // Makes `<file>.lock` when it is not there. Errc::unavailable.
    [[nodiscard]] static Result<ForeignCommits> open(std::filesystem::path const& file);
    ~ForeignCommits();
    ForeignCommits(ForeignCommits&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}
    ForeignCommits& operator=(ForeignCommits&&) = delete;

    // Odd from before a commit of another process until after it: then no snapshot may be kept. A
    // process that ends in between leaves it odd.
    [[nodiscard]] std::uint64_t count() const;
    // Around a commit.
    void announce();
    void done();
    // When a server starts.
    void reset();

private:
    explicit ForeignCommits(void* at) : at_(at) {}

    void* at_;
};

}  // namespace updraft::sqlstore
