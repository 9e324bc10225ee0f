// Artifacts as files in a folder: written to a temporary file, flushed, and renamed to their
// digest.
//
//   DIR/ab/ab34…      a blob, named by its SHA-256
//   DIR/tmp/…         being written; a file that a crash left here is removed at the next start
//   DIR/checked/ab34… size, modification time and time of the last complete check of the blob
//   DIR/damaged/ab34… a blob whose bytes no longer have the digest that its name states; never
//                     served
//
// Lives here: the Blobs port on a file system.
//
// Not here:   which blob belongs to which release (firmware/), when checks happen
//             (firmware/upkeep.h).
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "blobdir/check_record.h"
#include "ports/blobs.h"
#include "ports/clock.h"

namespace updraft::blobdir {

// Safe to use from any thread. Several processes may share one folder.
class BlobDir final : public Blobs {
public:
    // Creates the folder (mode 0700) if it is missing and removes the temporary files of
    // interrupted uploads. Errc::unavailable when the folder cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<BlobDir>> open_folder(std::filesystem::path folder,
                                                                      Clock const& clock);

    Result<std::unique_ptr<BlobIntake>> begin(std::int64_t bytes_max) override;
    // A file whose size or modification time differs from its last check is checked first.
    Result<std::shared_ptr<OpenBlob const>> open(std::string const& sha256) override;
    Result<std::vector<std::string>> list(Instant older_than) override;
    Result<std::int64_t> bytes_stored() override;
    Result<void> remove(std::string const& sha256, Instant older_than) override;
    Result<void> verify(std::string const& sha256) override;
    Result<std::optional<std::string>> due_for_check(Instant checked_before) override;

private:
    class Intake;

    BlobDir(std::filesystem::path folder, Clock const& clock);

    // Calls `sink` for each blob, also for those that are damaged.
    [[nodiscard]] Result<void> each(
        std::function<void(std::string const& sha256, struct stat const& status)> const& sink)
        const;
    [[nodiscard]] std::filesystem::path path_of(std::string const& sha256) const;
    [[nodiscard]] std::filesystem::path damaged_path_of(std::string const& sha256) const;
    // Renames `temporary`, which is flushed already, to its digest.
    Result<void> take_in(std::filesystem::path const& temporary, std::string const& sha256);
    // Errc::corrupt when the blob was marked damaged, otherwise Errc::not_found.
    [[nodiscard]] Error missing(std::string const& sha256) const;
    [[nodiscard]] std::optional<CheckRecord> last_check(std::string const& sha256);
    void note_check(std::string const& sha256, CheckRecord const& record);

    std::filesystem::path folder_;
    Clock const& clock_;
    std::mutex names_;      // Held while a blob's name is created or removed.
    std::mutex verifying_;  // At most one complete check at a time, to limit the load of the disk.
    std::mutex records_mutex_;
    std::map<std::string, CheckRecord> records_;
};

}  // namespace updraft::blobdir
