// Artifacts as files in a folder: written aside, flushed, and renamed to their digest.
//
//   DIR/ab/ab34…      a blob, named by its SHA-256
//   DIR/tmp/…         being written; what a crash left there goes at the next start
//   DIR/checked/ab34… size, modification time and moment of the last complete check
//   DIR/damaged/ab34… bytes that are no longer what their name says: never served
//
// Lives here: the Blobs port on a file system.
// Not here:   which blob belongs to which release (firmware/), when checks happen
// (firmware/upkeep.h).
#pragma once

#include <filesystem>
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

// Safe to use from any thread; several processes may share one folder.
class BlobDir final : public Blobs {
public:
    // Makes the folder (0700) where it is missing and clears what broken-off uploads left.
    // Errc::unavailable when it can't be used.
    [[nodiscard]] static Result<std::unique_ptr<BlobDir>> open_folder(std::filesystem::path folder,
                                                                      Clock const& clock);

    Result<std::unique_ptr<BlobIntake>> begin(std::int64_t bytes_max) override;
    // A file whose size or modification time is not that of its last check is checked first.
    Result<std::shared_ptr<OpenBlob const>> open(std::string const& sha256) override;
    Result<std::vector<std::string>> list(Instant older_than) override;
    Result<void> remove(std::string const& sha256, Instant older_than) override;
    Result<void> verify(std::string const& sha256) override;
    Result<std::optional<std::string>> due_for_check(Instant checked_before) override;

private:
    class Intake;

    BlobDir(std::filesystem::path folder, Clock const& clock);

    [[nodiscard]] std::filesystem::path path_of(std::string const& sha256) const;
    [[nodiscard]] std::filesystem::path damaged_path_of(std::string const& sha256) const;
    // The digest becomes its name; `temporary` is flushed already.
    Result<void> take_in(std::filesystem::path const& temporary, std::string const& sha256);
    // Why there is no file of that name.
    [[nodiscard]] Error missing(std::string const& sha256) const;
    [[nodiscard]] std::optional<CheckRecord> last_check(std::string const& sha256);
    void note_check(std::string const& sha256, CheckRecord const& record);

    std::filesystem::path folder_;
    Clock const& clock_;
    std::mutex names_;      // Held while a name comes, goes or is looked up for that.
    std::mutex verifying_;  // One complete read at a time: the disk has other work.
    std::mutex records_mutex_;
    std::map<std::string, CheckRecord> records_;
};

}  // namespace updraft::blobdir
