// A lock on a database file, which prevents a second server from using it.
//
// Lives here: taking and holding it. The kernel releases it when the process ends.
// Not here:   SQLite's own locks, which would let two servers write alternately.
#pragma once

#include <filesystem>
#include <utility>

#include "vocabulary/result.h"

namespace updraft::sqlstore {

class FileLock {
public:
    // Locks `<file>.lock`, which is not removed afterwards. Errc::conflict when another process
    // holds it.
    [[nodiscard]] static Result<FileLock> take(std::filesystem::path const& file);

    FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileLock& operator=(FileLock&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~FileLock();

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;
};

}  // namespace updraft::sqlstore
