#include "bucket/bucket.h"

#include <future>
#include <utility>

#include "vocabulary/digest.h"

namespace updraft::bucket {
namespace {

constexpr std::size_t fetchers_max = 4;

Error come_again() {
    return {Errc::busy, "the artifact cannot be fetched from its bucket now; try again later"};
}

}  // namespace

// Collects the bytes in a temporary file of the cache's folder; finish() uploads them.
class Bucket::Intake final : public BlobIntake {
public:
    Intake(Bucket& owner, std::unique_ptr<BlobIntake> local)
        : owner_(owner), local_(std::move(local)) {}

    Result<void> append(std::string_view bytes) override { return local_->append(bytes); }
    Result<std::size_t> look(std::int64_t offset, std::span<char> into) override {
        return local_->look(offset, into);
    }
    firmware::Artifact const& described() override { return local_->described(); }

    Result<firmware::Artifact> finish() override {
        auto artifact = described();
        auto const& sha256 = artifact.digests.sha256;
        HeldNames::Held const held(owner_.names_, sha256);
        Content const content{.bytes = artifact.bytes,
                              .sha256 = sha256,
                              .read = [this](std::int64_t offset, std::span<char> into) {
                                  return local_->look(offset, into);
                              }};
        // Uploaded even if the object exists: that one may be damaged, and its age must start
        // again, so that a sweep does not remove it as an old orphan.
        TRY(owner_.client_.put(owner_.keys_.blob(sha256), content));
        // The bucket has compared the digest. Errors below are ignored: without the mark, the blob
        // is checked once more; without the cached copy, it is fetched once more.
        static_cast<void>(owner_.client_.put_empty(owner_.keys_.mark(sha256)));
        static_cast<void>(owner_.client_.remove(owner_.keys_.damaged(sha256)));
        owner_.note_check(sha256, owner_.clock_.now());
        static_cast<void>(owner_.cache_->keep(*local_));
        return artifact;
    }

private:
    Bucket& owner_;
    std::unique_ptr<BlobIntake> local_;
};

Bucket::Bucket(BucketSettings settings, std::unique_ptr<Cache> cache, Clock const& clock)
    : clock_(clock),
      keys_{settings.client.place.prefix},
      client_(std::move(settings.client), clock),
      cache_(std::move(cache)) {
    for (std::size_t i = 0; i < fetchers_max; ++i) {
        fetchers_.emplace_back([this] { fetch_in_turn(); });
    }
}

Bucket::~Bucket() { stop(); }

Result<std::unique_ptr<Bucket>> Bucket::open_bucket(BucketSettings settings, Clock const& clock) {
    TRY_ASSIGN(auto cache,
               Cache::open_folder(settings.cache_folder, settings.cache_bytes_max, clock));
    return std::unique_ptr<Bucket>(new Bucket(std::move(settings), std::move(cache), clock));
}

void Bucket::stop() {
    std::map<std::string, std::vector<Opened>> left;
    {
        std::scoped_lock const lock(fetches_mutex_);
        stopping_ = true;
        to_fetch_.clear();
    }
    client_.stop();
    fetches_changed_.notify_all();
    for (auto& fetcher : fetchers_) fetcher.join();
    fetchers_.clear();
    {
        std::scoped_lock const lock(fetches_mutex_);
        left.swap(waiting_);
    }
    for (auto const& [sha256, waiting] : left) {
        for (auto const& done : waiting) done(fail(come_again()));
    }
}

Result<std::unique_ptr<BlobIntake>> Bucket::begin(std::int64_t bytes_max) {
    TRY_ASSIGN(auto local, cache_->begin(bytes_max));
    return std::make_unique<Intake>(*this, std::move(local));
}

Result<std::shared_ptr<OpenBlob const>> Bucket::open(std::string const& sha256) {
    std::promise<Result<std::shared_ptr<OpenBlob const>>> opened;
    open_soon(sha256, [&opened](Result<std::shared_ptr<OpenBlob const>> blob) {
        opened.set_value(std::move(blob));
    });
    return opened.get_future().get();
}

void Bucket::open_soon(std::string const& sha256, Opened done) {
    if (!blobdir::is_digest(sha256)) return done(fail(no_such_blob(sha256)));
    auto cached = cache_->open(sha256);
    if (cached) {
        ++hits_;
        return done(std::move(cached));
    }
    ++misses_;
    std::unique_lock lock(fetches_mutex_);
    if (stopping_) {
        lock.unlock();
        return done(fail(come_again()));
    }
    auto& waiting = waiting_[sha256];
    waiting.push_back(std::move(done));
    if (waiting.size() > 1) return;  // A fetch of it was started already.
    to_fetch_.push_back(sha256);
    lock.unlock();
    fetches_changed_.notify_one();
}

void Bucket::fetch_in_turn() {
    for (;;) {
        std::string sha256;
        {
            std::unique_lock lock(fetches_mutex_);
            fetches_changed_.wait(lock, [this] { return stopping_ || !to_fetch_.empty(); });
            if (stopping_) return;
            sha256 = std::move(to_fetch_.front());
            to_fetch_.pop_front();
        }
        auto const blob = fetch(sha256);
        std::vector<Opened> waiting;
        {
            std::scoped_lock const lock(fetches_mutex_);
            auto const found = waiting_.find(sha256);
            waiting.swap(found->second);
            waiting_.erase(found);
        }
        for (auto const& done : waiting) done(blob);
    }
}

Result<std::shared_ptr<OpenBlob const>> Bucket::fetch(std::string const& sha256) {
    auto intake = cache_->begin(put_bytes_max);
    if (!intake) return fail(cache_is_of_no_use(intake.error()));
    Result<void> written;
    auto const facts = client_.fetch(keys_.blob(sha256), [&](std::string_view bytes) {
        return written = (*intake)->append(bytes);
    });
    if (!written) return fail(cache_is_of_no_use(written.error()));
    if (!facts && facts.error().code == Errc::not_found) {
        return fail(missing(sha256));
    }
    if (!facts) return fail(come_again());
    if ((*intake)->described().digests.sha256 != sha256) {
        set_aside(sha256, *facts);
        return fail(damaged_blob(sha256));
    }
    auto kept = cache_->keep(**intake);
    if (!kept) return fail(cache_is_of_no_use(kept.error()));
    std::scoped_lock const lock(fetches_mutex_);
    cache_trouble_.clear();
    return kept;
}

Error Bucket::cache_is_of_no_use(Error const& why) {
    std::scoped_lock const lock(fetches_mutex_);
    cache_trouble_ = "the cache of artifacts cannot be filled: " + why.for_client();
    return come_again();
}

std::string Bucket::trouble() const {
    auto trouble = client_.trouble();
    std::scoped_lock const lock(fetches_mutex_);
    if (!trouble.empty() && !cache_trouble_.empty()) trouble += "; ";
    return trouble + cache_trouble_;
}

// Errc::corrupt when the blob was marked damaged, Errc::not_found when it does not exist,
// Errc::busy when the bucket does not answer.
Error Bucket::missing(std::string const& sha256) {
    auto const aside = client_.look(keys_.damaged(sha256));
    if (aside) return damaged_blob(sha256);
    return aside.error().code == Errc::not_found ? no_such_blob(sha256) : come_again();
}

// Moves a blob whose bytes are wrong to its damaged key. `facts` are those of the object that was
// read: if the object has changed since, it was uploaded again and is left as it is.
void Bucket::set_aside(std::string const& sha256, Facts const& facts) {
    HeldNames::Held const held(names_, sha256);
    forget_check(sha256);
    auto const now = client_.look(keys_.blob(sha256));
    if (!now || now->etag != facts.etag || now->modified != facts.modified) return;
    if (!client_.copy(keys_.blob(sha256), keys_.damaged(sha256))) return;
    static_cast<void>(client_.remove(keys_.blob(sha256)));
    static_cast<void>(client_.remove(keys_.mark(sha256)));
}

std::optional<std::string> Bucket::public_url(std::string const& sha256, PublicAsk const& ask,
                                              Instant now) const {
    if (!blobdir::is_digest(sha256)) return std::nullopt;
    auto const* const method = ask.only_head ? "HEAD" : "GET";
    return client_.public_url(keys_.blob(sha256), method, ask.disposition, now);
}

CacheCounts Bucket::cache_counts() const { return {hits_, misses_, cache_->bytes()}; }

}  // namespace updraft::bucket
