#include "app/periodic/bucket_tasks.h"

#include <algorithm>
#include <utility>

#include "firmware/upkeep.h"

namespace updraft::app {
namespace {

constexpr Millis probe_every{30'000};
constexpr Millis bucket_retry_after{5'000};  // While the bucket does not answer.
constexpr Millis pause_between_files{20};
// When all of the cache has been checked: a tenth of the period, within these bounds.
constexpr Millis cache_look_max = std::chrono::minutes{1};
constexpr Millis cache_look_min{100};

}  // namespace

PeriodicWork::Task watch_bucket(bucket::Bucket& bucket) {
    auto run = [&bucket](Instant now) -> Result<Instant> {
        auto const there = bucket.client().probe();
        if (!there && !bucket.client().stopped()) return pass(there);
        return now + probe_every;
    };
    return {.name = "watch the bucket", .run = std::move(run)};
}

PeriodicWork::Task while_there(bucket::Bucket& bucket, PeriodicWork::Task task) {
    auto run = [&bucket, inner = std::move(task.run)](Instant now) -> Result<Instant> {
        if (!bucket.client().trouble().empty()) return now + bucket_retry_after;
        auto const next = inner(now);
        // watch_bucket() logs what is wrong, once.
        auto const known = bucket.client().stopped() || !bucket.client().trouble().empty();
        if (!next && known) return now + bucket_retry_after;
        return next;
    };
    return {.name = std::move(task.name), .run = std::move(run), .pause_min = task.pause_min};
}

PeriodicWork::Task scrub_cache(bucket::Bucket& bucket, Millis period, Journal& journal) {
    auto run = [&bucket, &journal, period](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const checked, firmware::scrub_step(bucket.cache().files(), period, now));
        if (!checked) return now + std::clamp(period / 10, cache_look_min, cache_look_max);
        if (checked->damaged) {
            bucket.cache().forget(checked->sha256);
            journal.warn("a cached artifact was damaged, it will be fetched again",
                         {{"sha256", checked->sha256}});
        }
        return now + pause_between_files;
    };
    return {.name = "scrub the cache", .run = std::move(run)};
}

}  // namespace updraft::app
