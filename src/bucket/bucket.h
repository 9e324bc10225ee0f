// Artifacts in an S3-compatible bucket, shared by any number of instances.
//
// Lives here: the Blobs port on a bucket: uploads; fetches into the cache that this server's own
//             downloads are sent from, at most one at a time for each blob; checks and damaged
//             blobs.
//
// Not here:   requests (bucket/client.h), names of objects (bucket/keys.h), the folder of the cache
//             (bucket/cache.h).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bucket/cache.h"
#include "bucket/client.h"
#include "bucket/held_names.h"
#include "bucket/keys.h"
#include "ports/blobs.h"

namespace updraft::bucket {

struct BucketSettings {
    ClientSettings client;
    std::filesystem::path cache_folder;
    std::int64_t cache_bytes_max = 0;
};

// For the metrics. `hits` and `misses` count since the start.
struct CacheCounts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::int64_t bytes = 0;  // In the cache now.
};

// Safe to use from any thread.
class Bucket final : public Blobs {
public:
    // Sends no request: the bucket may be unreachable at the start. Errc::unavailable when the
    // cache's folder cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Bucket>> open_bucket(BucketSettings settings,
                                                                     Clock const& clock);
    // Calls stop().
    ~Bucket() override;

    Result<std::unique_ptr<BlobIntake>> begin(std::int64_t bytes_max) override;
    // Errc::busy when the bucket cannot be reached, or the cache cannot be filled.
    Result<std::shared_ptr<OpenBlob const>> open(std::string const& sha256) override;
    void open_soon(std::string const& sha256, Opened done) override;
    std::optional<std::string> public_url(std::string const& sha256, PublicAsk const& ask,
                                          Instant now) const override;
    Result<std::vector<std::string>> list(Instant older_than) override;
    Result<std::int64_t> bytes_stored() override;
    Result<void> remove(std::string const& sha256, Instant older_than) override;
    Result<void> verify(std::string const& sha256) override;
    Result<std::optional<std::string>> due_for_check(Instant checked_before) override;

    [[nodiscard]] Client& client() { return client_; }
    [[nodiscard]] Cache& cache() { return *cache_; }
    [[nodiscard]] CacheCounts cache_counts() const;
    // Why the bucket or the cache cannot be used now, as a sentence for operators. Empty when no
    // problem is known.
    [[nodiscard]] std::string trouble() const;

    // Ends running requests and answers every waiting open with Errc::busy. May be called twice.
    void stop();

private:
    class Intake;

    Bucket(BucketSettings settings, std::unique_ptr<Cache> cache, Clock const& clock);

    void fetch_in_turn();
    [[nodiscard]] Result<std::shared_ptr<OpenBlob const>> fetch(std::string const& sha256);
    [[nodiscard]] Error missing(std::string const& sha256);
    // Remembers `why` for trouble(), and answers Errc::busy for the device.
    [[nodiscard]] Error cache_is_of_no_use(Error const& why);
    void set_aside(std::string const& sha256, Facts const& facts);
    [[nodiscard]] Result<void> learn_checks();
    void note_check(std::string const& sha256, Instant at);
    void forget_check(std::string const& sha256);

    Clock const& clock_;
    Keys keys_;
    Client client_;
    std::unique_ptr<Cache> cache_;
    std::atomic<std::uint64_t> hits_{0};
    std::atomic<std::uint64_t> misses_{0};

    HeldNames names_;  // Blobs that a thread of this process is uploading or removing.

    std::mutex checks_mutex_;  // Guards the next two members.
    std::map<std::string, Instant> checks_;
    std::optional<Instant> checks_learnt_at_;

    mutable std::mutex fetches_mutex_;  // Guards the members below.
    std::condition_variable fetches_changed_;
    std::map<std::string, std::vector<Opened>> waiting_;  // Blobs that are or will be fetched.
    std::deque<std::string> to_fetch_;
    bool stopping_ = false;
    std::string cache_trouble_;
    std::vector<std::thread> fetchers_;
};

}  // namespace updraft::bucket
