// Local copies of a bucket's blobs, in a folder of limited size.
//
// Lives here: which copies are kept: when the limit is exceeded, the copy that was opened longest
//             ago is removed first.
//
// Not here:   fetching (bucket/bucket.h), files named by their digest (blobdir/).
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "blobdir/blob_dir.h"

namespace updraft::bucket {

// Safe to use from any thread. A lost copy is fetched again.
class Cache {
public:
    // Creates the folder as blobdir::BlobDir does. Errc::unavailable when it cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Cache>> open_folder(std::filesystem::path folder,
                                                                    std::int64_t bytes_max,
                                                                    Clock const& clock);

    // Errc::not_found when there is no copy, or when the copy is damaged and was removed.
    [[nodiscard]] Result<std::shared_ptr<OpenBlob const>> open(std::string const& sha256);
    // A temporary file in the cache's folder. It counts towards the limit after keep() only.
    [[nodiscard]] Result<std::unique_ptr<BlobIntake>> begin(std::int64_t bytes_max);
    // Finishes the intake, removes other copies until the limit is met, and opens the new copy.
    [[nodiscard]] Result<std::shared_ptr<OpenBlob const>> keep(BlobIntake& intake);
    void forget(std::string const& sha256);

    // For the periodic check of the copies. The caller calls forget() for a damaged one.
    [[nodiscard]] Blobs& files() { return *files_; }
    [[nodiscard]] std::int64_t bytes() const;

private:
    Cache(std::filesystem::path folder, std::int64_t bytes_max, Clock const& clock,
          std::unique_ptr<blobdir::BlobDir> files);

    struct Kept {
        std::string sha256;
        std::int64_t bytes = 0;
    };
    void learn();
    void note(std::string const& sha256, std::int64_t bytes);
    void make_room();

    std::filesystem::path folder_;
    std::int64_t bytes_max_;
    Clock const& clock_;
    std::unique_ptr<blobdir::BlobDir> files_;
    mutable std::mutex mutex_;
    std::list<Kept> order_;  // The most recently opened copy is first.
    std::unordered_map<std::string, std::list<Kept>::iterator> where_;
    std::int64_t bytes_ = 0;
};

}  // namespace updraft::bucket
