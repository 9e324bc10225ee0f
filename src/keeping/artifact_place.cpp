#include "keeping/artifact_place.h"

#include "blobdir/layout.h"
#include "keeping/files.h"

namespace updraft::keeping {

namespace fs = std::filesystem;

Result<std::map<std::string, std::int64_t>> ArtifactFolder::list() {
    std::map<std::string, std::int64_t> found;
    auto const unlisted = [](fs::path const& folder, std::error_code const& why) {
        return fail(Errc::unavailable, "cannot list " + folder.string() + ": " + why.message());
    };
    std::error_code failed;
    for (auto const& shelf : fs::directory_iterator(folder_, failed)) {
        std::error_code unread;
        fs::directory_iterator const entries(shelf.path(), unread);
        // A folder that cannot be read is no empty one: its files would count as lost.
        if (unread && unread != std::errc::not_a_directory) return unlisted(shelf.path(), unread);
        for (auto const& entry : entries) {
            auto const name = entry.path().filename().string();
            if (!blobdir::is_digest(name)) continue;
            if (entry.path() != blobdir::blob_path(folder_, name)) continue;
            TRY_ASSIGN(auto const bytes, bytes_of(name));
            if (bytes) found.emplace(name, *bytes);
        }
    }
    if (failed) return unlisted(folder_, failed);
    return found;
}

Result<std::optional<std::int64_t>> ArtifactFolder::bytes_of(std::string const& sha256) {
    auto const file = blobdir::blob_path(folder_, sha256);
    TRY_ASSIGN(auto const is_named, is_there(file));
    std::error_code failed;
    if (!is_named || !fs::is_regular_file(file, failed)) return std::optional<std::int64_t>{};
    auto const bytes = static_cast<std::int64_t>(fs::file_size(file, failed));
    if (failed) return fail(Errc::unavailable, "cannot look at " + file.string());
    return std::optional(bytes);
}

Result<bool> ArtifactFolder::is_set_aside(std::string const& sha256) {
    return is_there(folder_ / "damaged" / sha256);
}

Result<void> ArtifactFolder::read(std::string const& sha256, Sink const& sink) {
    return read_whole(blobdir::blob_path(folder_, sha256), sink);
}

}  // namespace updraft::keeping
