// The few requests of S3 that artifacts need, each of them safe to repeat.
//
// Lives here: sending and signing them, deadlines, second attempts, and what an answer means.
// Not here:   what is in the bucket (bucket/keys.h), what is done with it (bucket/bucket.h).
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
    BaseAddress public_address;  // Of the addresses that devices are given.
    Credentials credentials;
    std::chrono::seconds url_ttl{3600};
    std::string user_agent = "Updraft/" UPDRAFT_VERSION;
};

struct Facts {
    std::int64_t bytes = 0;
    Instant modified;  // Whole seconds, by the bucket's clock.
    std::string etag;

    bool operator==(Facts const&) const = default;
};

// What an object is to hold. `read` may be asked for any offset, more than once.
struct Content {
    std::int64_t bytes = 0;
    std::string sha256;
    std::function<Result<std::size_t>(std::int64_t offset, std::span<char> into)> read;
};

struct ClientCounts {
    std::uint64_t answered = 0;
    std::uint64_t missing = 0;      // 404: an answer as well.
    std::uint64_t refused = 0;      // Other 4xx, and redirects.
    std::uint64_t unavailable = 0;  // 5xx, no connection, no answer in time.
};

struct Request;  // Of bucket/exchange.h.
struct Exchange;

// Safe to use from any thread. Every request blocks until it is answered, at most a minute without
// a byte moving, three times.
//
// Errors: Errc::not_found where an object is not there; Errc::unavailable, with a sentence that
// says what to look at and holds no secret, for everything that is wrong with the bucket.
class Client {
public:
    Client(ClientSettings settings, Clock const& clock);
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    [[nodiscard]] Place const& place() const;

    [[nodiscard]] Result<Facts> look(std::string const& key);
    // Every byte to `sink`, whose error ends it. A transfer that breaks off is gone on with.
    using Sink = std::function<Result<void>(std::string_view)>;
    [[nodiscard]] Result<Facts> fetch(std::string const& key, Sink const& sink);
    // The bucket has it, and has compared its digest, when this returns.
    [[nodiscard]] Result<void> put(std::string const& key, Content const& content);
    // An empty object.
    [[nodiscard]] Result<void> put_empty(std::string const& key);
    [[nodiscard]] Result<void> copy(std::string const& from, std::string const& to);
    // Not being there is as good.
    [[nodiscard]] Result<void> remove(std::string const& key);
    // A thousand objects at most, in order of their keys; `token` is the last page's `next`.
    [[nodiscard]] Result<Page> list(std::string const& prefix, std::string const& token);
    // All of them, page by page.
    [[nodiscard]] Result<void> each(std::string const& prefix,
                                    std::function<void(Listed const&)> const& sink);
    // Whether the bucket answers us at all. One attempt.
    [[nodiscard]] Result<void> probe();

    // An address that a GET, or a HEAD, may be sent to until the ttl is over.
    [[nodiscard]] std::string public_url(std::string const& key, std::string_view method,
                                         std::string const& disposition, Instant now) const;

    // Ends what is under way, and refuses all that comes.
    void stop();
    [[nodiscard]] bool stopped() const { return stopping_; }

    [[nodiscard]] ClientCounts counts() const;
    // What was wrong the last time; empty when the bucket has answered since.
    [[nodiscard]] std::string trouble() const;

private:
    struct Pool;
    struct Answer {
        long status = 0;  // 0: none came, and `trouble` says why.
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
    mutable std::mutex mutex_;  // Guards `trouble_`, and waits on `stopped_`.
    std::condition_variable stopped_;
    std::string trouble_;
};

}  // namespace updraft::bucket
