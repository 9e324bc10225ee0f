// A folder that goes with whoever made it.
//
// Lives here: making it in TMPDIR, sweeping it away.
// Not here:   the data directory (app/key_file.h).
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "vocabulary/result.h"

namespace updraft::app {

class TemporaryFolder {
public:
    // `name` tells people whose it is. Errc::unavailable when none can be made.
    [[nodiscard]] static Result<TemporaryFolder> make(std::string const& name);
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;  // Empty: somebody else's by now.
};

}  // namespace updraft::app
