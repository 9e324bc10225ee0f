#include "bucket/cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "blobdir/layout.h"

namespace updraft::bucket {
namespace {

constexpr Instant far_future{std::numeric_limits<std::int64_t>::max()};

}  // namespace

Cache::Cache(std::filesystem::path folder, std::int64_t bytes_max, Clock const& clock,
             std::unique_ptr<blobdir::BlobDir> files)
    : folder_(std::move(folder)), bytes_max_(bytes_max), clock_(clock), files_(std::move(files)) {}

Result<std::unique_ptr<Cache>> Cache::open_folder(std::filesystem::path folder,
                                                  std::int64_t bytes_max, Clock const& clock) {
    TRY_ASSIGN(auto files, blobdir::BlobDir::open_folder(folder, clock));
    auto cache =
        std::unique_ptr<Cache>(new Cache(std::move(folder), bytes_max, clock, std::move(files)));
    cache->learn();
    return cache;
}

// Reads which copies an earlier process left, most recently opened first.
void Cache::learn() {
    struct Found {
        std::string sha256;
        std::int64_t bytes;
        std::int64_t opened_ns;
    };
    std::vector<Found> found;
    for (auto const& sha256 : files_->list(far_future).value_or(std::vector<std::string>{})) {
        struct stat status {};
        if (::stat(blobdir::blob_path(folder_, sha256).c_str(), &status) != 0) {
            static_cast<void>(files_->remove(sha256, far_future));
            continue;
        }
        found.push_back({sha256, status.st_size,
                         status.st_atim.tv_sec * 1'000'000'000 + status.st_atim.tv_nsec});
    }
    std::ranges::sort(found, {}, &Found::opened_ns);
    std::scoped_lock const lock(mutex_);
    for (auto const& one : found) note(one.sha256, one.bytes);
    make_room();
}

Result<std::shared_ptr<OpenBlob const>> Cache::open(std::string const& sha256) {
    auto blob = files_->open(sha256);
    if (!blob) {
        forget(sha256);
        return fail(Errc::not_found, "it is not in the cache");
    }
    // The file's access time keeps the order across restarts.
    auto const now = clock_.now();
    timespec const times[2] = {
        {.tv_sec = now.seconds(), .tv_nsec = (now.ms - now.seconds() * 1000) * 1'000'000},
        {.tv_sec = 0, .tv_nsec = UTIME_OMIT}};
    ::futimens((*blob)->descriptor(), times);
    std::scoped_lock const lock(mutex_);
    note(sha256, (*blob)->bytes());
    return blob;
}

Result<std::unique_ptr<BlobIntake>> Cache::begin(std::int64_t bytes_max) {
    return files_->begin(bytes_max);
}

Result<std::shared_ptr<OpenBlob const>> Cache::keep(BlobIntake& intake) {
    TRY_ASSIGN(auto const artifact, intake.finish());
    auto blob = files_->open(artifact.digests.sha256);
    std::scoped_lock const lock(mutex_);
    note(artifact.digests.sha256, artifact.bytes);
    make_room();
    return blob;
}

void Cache::forget(std::string const& sha256) {
    static_cast<void>(files_->remove(sha256, far_future));
    std::scoped_lock const lock(mutex_);
    auto const known = where_.find(sha256);
    if (known == where_.end()) return;
    bytes_ -= known->second->bytes;
    order_.erase(known->second);
    where_.erase(known);
}

std::int64_t Cache::bytes() const {
    std::scoped_lock const lock(mutex_);
    return bytes_;
}

// Makes the copy the most recently opened one. The caller holds the lock.
void Cache::note(std::string const& sha256, std::int64_t bytes) {
    if (auto const known = where_.find(sha256); known != where_.end()) {
        bytes_ += bytes - known->second->bytes;
        known->second->bytes = bytes;
        order_.splice(order_.begin(), order_, known->second);
        return;
    }
    order_.push_front({sha256, bytes});
    where_.emplace(sha256, order_.begin());
    bytes_ += bytes;
}

// The caller holds the lock. The newest copy is kept even if it alone exceeds the limit, because a
// download waits for it.
void Cache::make_room() {
    while (bytes_ > bytes_max_ && order_.size() > 1) {
        auto const& oldest = order_.back();
        static_cast<void>(files_->remove(oldest.sha256, far_future));
        bytes_ -= oldest.bytes;
        where_.erase(oldest.sha256);
        order_.pop_back();
    }
}

}  // namespace updraft::bucket
