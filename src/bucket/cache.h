// The blobs of a bucket that this instance has by it, in a folder of bounded size.
//
// Lives here: what is kept and what goes: the one that was opened longest ago.
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

// Safe to use from any thread. Losing any of it costs fetching it again.
class Cache {
public:
    // As blobdir::BlobDir makes its folder.
    [[nodiscard]] static Result<std::unique_ptr<Cache>> open_folder(std::filesystem::path folder,
                                                                    std::int64_t bytes_max,
                                                                    Clock const& clock);

    // Errc::not_found when it is not here, or no longer what it was: then it is gone.
    [[nodiscard]] Result<std::shared_ptr<OpenBlob const>> open(std::string const& sha256);
    // Bytes beside the cache, which finish() of the intake does not yet make room for.
    [[nodiscard]] Result<std::unique_ptr<BlobIntake>> begin(std::int64_t bytes_max);
    // An intake was finished: it is kept, opened, and others go for it.
    [[nodiscard]] Result<std::shared_ptr<OpenBlob const>> keep(BlobIntake& intake);
    void forget(std::string const& sha256);

    // For checking what is here in turn; what is damaged is to be forgotten.
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
    std::list<Kept> order_;  // The one that was opened last comes first.
    std::unordered_map<std::string, std::list<Kept>::iterator> where_;
    std::int64_t bytes_ = 0;
};

}  // namespace updraft::bucket
