// The part of Bucket that maintenance calls: listing, removing and checking blobs.
#include <algorithm>
#include <set>

#include "bucket/bucket.h"
#include "vocabulary/digest.h"

namespace updraft::bucket {
namespace {

// Other instances also upload and check. This instance learns of that by listing the bucket, which
// costs one request per 1000 objects.
constexpr Millis learn_every = std::chrono::minutes{10};

}  // namespace

Result<std::vector<std::string>> Bucket::list(Instant older_than) {
    std::set<std::string> found;
    TRY(client_.each(keys_.prefix, [&](Listed const& listed) {
        auto const sha256 = Keys::digest_of(listed.key);
        if (!sha256 || listed.modified >= older_than) return;
        auto const is_blob = listed.key == keys_.blob(*sha256);
        if (is_blob || listed.key == keys_.damaged(*sha256)) found.insert(*sha256);
    }));
    return std::vector<std::string>(found.begin(), found.end());
}

Result<std::int64_t> Bucket::bytes_stored() {
    std::int64_t sum = 0;
    TRY(client_.each(keys_.prefix, [&](Listed const& listed) {
        if (Keys::digest_of(listed.key)) sum += listed.bytes;
    }));
    return sum;
}

Result<void> Bucket::remove(std::string const& sha256, Instant older_than) {
    if (!blobdir::is_digest(sha256)) return {};
    HeldNames::Held const held(names_, sha256);
    bool gone = true;
    for (auto const& key : {keys_.blob(sha256), keys_.damaged(sha256)}) {
        // The age is read just before the removal: another instance may have uploaded the same
        // bytes a moment ago.
        auto const facts = client_.look(key);
        if (!facts && facts.error().code == Errc::not_found) continue;
        if (!facts) return pass(facts);
        if (facts->modified >= older_than) {
            gone = false;
        } else {
            TRY(client_.remove(key));
        }
    }
    if (!gone) return {};
    TRY(client_.remove(keys_.mark(sha256)));
    cache_->forget(sha256);
    forget_check(sha256);
    return {};
}

Result<void> Bucket::verify(std::string const& sha256) {
    if (!blobdir::is_digest(sha256)) return fail(no_such_blob(sha256));
    DigestStream digests;
    auto const facts = client_.fetch(keys_.blob(sha256), [&](std::string_view bytes) {
        digests.append(bytes);
        return Result<void>{};
    });
    if (!facts && facts.error().code == Errc::not_found) {
        forget_check(sha256);
        return fail(missing(sha256));
    }
    if (!facts) return pass(facts);
    if (digests.finish().sha256 != sha256) {
        set_aside(sha256, *facts);
        return fail(damaged_blob(sha256));
    }
    TRY(client_.put_empty(keys_.mark(sha256)));
    note_check(sha256, clock_.now());
    return {};
}

Result<void> Bucket::learn_checks() {
    std::map<std::string, Instant> blobs;
    std::map<std::string, Instant> marks;
    TRY(client_.each(keys_.prefix, [&](Listed const& listed) {
        auto const sha256 = Keys::digest_of(listed.key);
        if (!sha256) return;
        if (listed.key == keys_.blob(*sha256)) blobs.emplace(*sha256, Instant{});
        if (listed.key == keys_.mark(*sha256)) marks.emplace(*sha256, listed.modified);
    }));
    std::scoped_lock const lock(checks_mutex_);
    for (auto& [sha256, checked_at] : blobs) {
        if (auto const mark = marks.find(sha256); mark != marks.end()) checked_at = mark->second;
    }
    checks_ = std::move(blobs);
    checks_learnt_at_ = clock_.now();
    return {};
}

Result<std::optional<std::string>> Bucket::due_for_check(Instant checked_before) {
    {
        auto const now = clock_.now();
        std::unique_lock lock(checks_mutex_);
        auto const learnt = checks_learnt_at_.value_or(Instant{});
        lock.unlock();
        if (now - learnt >= learn_every || now < learnt) TRY(learn_checks());
    }
    for (;;) {
        std::pair<std::string, Instant> oldest;
        {
            std::scoped_lock const lock(checks_mutex_);
            using Check = std::pair<std::string const, Instant>;
            auto const found = std::ranges::min_element(checks_, {}, &Check::second);
            if (found == checks_.end()) return std::optional<std::string>{};
            oldest = *found;
        }
        // Last-Modified has whole seconds, so both sides are compared in whole seconds.
        auto const is_due = oldest.second.seconds() < checked_before.seconds();
        if (!is_due) return std::optional<std::string>{};
        auto const mark = client_.look(keys_.mark(oldest.first));
        if (!mark && mark.error().code != Errc::not_found) {
            return pass(mark);
        }
        if (!mark || mark->modified.seconds() <= oldest.second.seconds()) {
            return std::optional(oldest.first);
        }
        note_check(oldest.first, mark->modified);  // Another instance has checked it.
    }
}

void Bucket::note_check(std::string const& sha256, Instant at) {
    std::scoped_lock const lock(checks_mutex_);
    checks_.insert_or_assign(sha256, at);
}

void Bucket::forget_check(std::string const& sha256) {
    std::scoped_lock const lock(checks_mutex_);
    checks_.erase(sha256);
}

}  // namespace updraft::bucket
