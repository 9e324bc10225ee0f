// The place of a server's artifacts, for commands that copy or check all of them.
//
// Lives here: what is asked of such a place, and the place that is a folder.
// Not here:   the place that is a bucket (app/bucket_place), serving artifacts (blobdir/, bucket/).
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

// Every `sha256` is a digest. Errc::unavailable when the place can't be asked.
class ArtifactPlace {
public:
    virtual ~ArtifactPlace() = default;
    // As messages name it: "/var/lib/updraft/firmware".
    [[nodiscard]] virtual std::string written() const = 0;
    // Every artifact and its size, by digest.
    [[nodiscard]] virtual Result<std::map<std::string, std::int64_t>> list() = 0;
    // Nothing when it is not there.
    [[nodiscard]] virtual Result<std::optional<std::int64_t>> bytes_of(
        std::string const& sha256) = 0;
    // True when it is not there because a server found it damaged.
    [[nodiscard]] virtual Result<bool> is_set_aside(std::string const& sha256) = 0;
    // Passes all bytes to `sink`, unchecked. Errc::not_found when it is not there.
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
