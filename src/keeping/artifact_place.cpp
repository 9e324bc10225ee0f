#include "keeping/artifact_place.h"

#include "blobdir/layout.h"
#include "keeping/files.h"

namespace updraft::keeping {

namespace fs = std::filesystem;

Result<std::map<std::string, std::int64_t>> ArtifactFolder::list() {
    std::map<std::string, std::int64_t> found;
    std::error_code failed;
    for (auto const& shelf : fs::directory_iterator(folder_, failed)) {
        std::error_code not_a_folder;
        for (auto const& entry : fs::directory_iterator(shelf.path(), not_a_folder)) {
            auto const name = entry.path().filename().string();
            if (!blobdir::is_digest(name)) continue;
            if (entry.path() != blobdir::blob_path(folder_, name)) continue;
            TRY_ASSIGN(auto const bytes, bytes_of(name));
            if (bytes) found.emplace(name, *bytes);
        }
    }
    if (failed) {
        return fail(Errc::unavailable, "cannot list " + folder_.string() + ": " + failed.message());
    }
    return found;
}

Result<std::optional<std::int64_t>> ArtifactFolder::bytes_of(std::string const& sha256) {
    auto const file = blobdir::blob_path(folder_, sha256);
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) return std::optional<std::int64_t>{};
    auto const bytes = static_cast<std::int64_t>(fs::file_size(file, failed));
    if (failed) return fail(Errc::unavailable, "cannot look at " + file.string());
    return std::optional(bytes);
}

Result<bool> ArtifactFolder::is_set_aside(std::string const& sha256) {
    std::error_code ignored;
    return fs::exists(folder_ / "damaged" / sha256, ignored);
}

Result<void> ArtifactFolder::read(std::string const& sha256, Sink const& sink) {
    return read_whole(blobdir::blob_path(folder_, sha256), sink);
}

}  // namespace updraft::keeping
