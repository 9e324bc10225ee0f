// Read access to all artifacts of a server, for commands that copy or check them.
//
// Lives here: the interface to such a place, and its implementation for a folder.
// Not here:   the implementation for a bucket (app/commands/bucket_place.h), serving artifacts
//             (blobdir/, bucket/).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace updraft::keeping {

// Every `sha256` must be a digest (blobdir/layout.h). Errc::unavailable when the place cannot be
// read.
class ArtifactPlace {
public:
    virtual ~ArtifactPlace() = default;
    // Its name in messages, such as "/var/lib/updraft/firmware".
    [[nodiscard]] virtual std::string written() const = 0;
    // All artifacts: digest -> size in bytes.
    [[nodiscard]] virtual Result<std::map<std::string, std::int64_t>> list() = 0;
    // The size in bytes; nothing when there is no such artifact.
    [[nodiscard]] virtual Result<std::optional<std::int64_t>> bytes_of(
        std::string const& sha256) = 0;
    // True when a server found the artifact damaged and put it aside.
    [[nodiscard]] virtual Result<bool> is_set_aside(std::string const& sha256) = 0;
    // Passes all bytes to `sink` without comparing the digest. Errc::not_found when there is no
    // such artifact.
    using Sink = std::function<Result<void>(std::string_view)>;
    [[nodiscard]] virtual Result<void> read(std::string const& sha256, Sink const& sink) = 0;
};

class ArtifactFolder final : public ArtifactPlace {
public:
    explicit ArtifactFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] std::string written() const override { return folder_.string(); }
    [[nodiscard]] Result<std::map<std::string, std::int64_t>> list() override;
    [[nodiscard]] Result<std::optional<std::int64_t>> bytes_of(std::string const& sha256) override;
    [[nodiscard]] Result<bool> is_set_aside(std::string const& sha256) override;
    [[nodiscard]] Result<void> read(std::string const& sha256, Sink const& sink) override;

private:
    std::filesystem::path folder_;
};

}  // namespace updraft::keeping
