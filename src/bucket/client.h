// The S3 requests that artifacts need. Each of them can be repeated safely.
//
// Lives here: sending and signing requests, deadlines, retries, and the meaning of answers.
//
// Not here:   the names of objects (bucket/keys.h), the Blobs port (bucket/bucket.h).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "bucket/address.h"
#include "bucket/listing.h"
#include "bucket/signature_v4.h"
#include "ports/clock.h"
#include "vocabulary/result.h"

namespace updraft::bucket {

struct ClientSettings {
    Place place;
    BaseAddress endpoint;
    BaseAddress public_address;  // For download addresses that devices are sent to.
    Credentials credentials;
    std::chrono::seconds url_ttl{3600};
    std::string user_agent = "Updraft/" UPDRAFT_VERSION;
};

// The size, time and tag of an object, as the bucket reports them.
struct Facts {
    std::int64_t bytes = 0;
    Instant modified;  // By the bucket's clock, in whole seconds.
    std::string etag;

    bool operator==(Facts const&) const = default;
};

// The bytes to upload. `read` may be called for any offset, and repeatedly for the same one.
struct Content {
    std::int64_t bytes = 0;
    std::string sha256;
    std::function<Result<std::size_t>(std::int64_t offset, std::span<char> into)> read;
};

struct ClientCounts {
    std::uint64_t answered = 0;
    std::uint64_t missing = 0;      // 404: a normal answer, not a problem of the bucket.
    std::uint64_t refused = 0;      // Other 4xx, and redirects.
    std::uint64_t unavailable = 0;  // 5xx, no connection, no answer in time.
};

struct Request;  // In bucket/exchange.h.
struct Exchange;

// Safe to use from any thread. Every request blocks until it is answered. An attempt ends after 60
// seconds without a transferred byte. There are at most three attempts in a row without progress.
//
// Errors: Errc::not_found when the object does not exist; Errc::unavailable for every other
// problem, with a sentence that names the cause and contains no secret.
class Client {
public:
    Client(ClientSettings settings, Clock const& clock);
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    [[nodiscard]] Place const& place() const;

    // HEAD.
    [[nodiscard]] Result<Facts> look(std::string const& key);
    // Passes every byte to `sink`; an error of `sink` ends the transfer and is returned. After a
    // broken connection the transfer continues where it stopped.
    using Sink = std::function<Result<void>(std::string_view)>;
    [[nodiscard]] Result<Facts> fetch(std::string const& key, Sink const& sink);
    // On success the bucket has stored the object and has compared its SHA-256.
    [[nodiscard]] Result<void> put(std::string const& key, Content const& content);
    // Stores an object of 0 bytes.
    [[nodiscard]] Result<void> put_empty(std::string const& key);
    [[nodiscard]] Result<void> copy(std::string const& from, std::string const& to);
    // Succeeds also when the object does not exist.
    [[nodiscard]] Result<void> remove(std::string const& key);
    // At most 1000 objects, ordered by key. `token` is the previous page's `next`, or empty for the
    // first page.
    [[nodiscard]] Result<Page> list(std::string const& prefix, std::string const& token);
    // Passes all objects to `sink`, page by page.
    [[nodiscard]] Result<void> each(std::string const& prefix,
                                    std::function<void(Listed const&)> const& sink);
    // Succeeds when the bucket answers a request. One attempt.
    [[nodiscard]] Result<void> probe();

    // A signed address for `method` ("GET" or "HEAD"), valid for `url_ttl` after `now`.
    [[nodiscard]] std::string public_url(std::string const& key, std::string_view method,
                                         std::string const& disposition, Instant now) const;

    // Ends running requests with Errc::unavailable, and refuses later ones.
    void stop();
    [[nodiscard]] bool stopped() const { return stopping_; }

    [[nodiscard]] ClientCounts counts() const;
    // The last problem; empty when the bucket has answered since.
    [[nodiscard]] std::string trouble() const;

private:
    struct Pool;
    struct Answer {
        long status = 0;  // 0: there was no answer; `trouble` says why.
        Facts facts{};
        std::string body{};
        std::string trouble{};
    };

    [[nodiscard]] Result<Answer> ask(Request const& request);
    void attempt(Exchange& once);
    [[nodiscard]] Result<Answer> judged(Answer answer);
    [[nodiscard]] bool pause(std::size_t failed_attempts);
    void note(std::string trouble);

    ClientSettings settings_;
    Clock const& clock_;
    std::unique_ptr<Pool> pool_;
    std::atomic<std::uint64_t> answered_{0};
    std::atomic<std::uint64_t> missing_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> unavailable_{0};
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;  // Guards `trouble_`; `stopped_` waits with it.
    std::condition_variable stopped_;
    std::string trouble_;
};

}  // namespace updraft::bucket
