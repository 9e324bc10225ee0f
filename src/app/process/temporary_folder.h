// A temporary folder, removed when its object is destroyed.
//
// Lives here: making it in TMPDIR, and removing it.
//
// Not here:   the data directory (app/process/key_file.h).
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "vocabulary/result.h"

namespace updraft::app {

class TemporaryFolder {
public:
    // Its name begins with `name`. Errc::unavailable when it cannot be made.
    [[nodiscard]] static Result<TemporaryFolder> make(std::string const& name);
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;  // Empty: moved from.
};

}  // namespace updraft::app
