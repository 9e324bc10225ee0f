// The periodic tasks of a server whose firmware files are in a bucket.
//
// Lives here: checking whether the bucket answers, delaying tasks while it does not, and checking
//             the cache.
//
// Not here:   the bucket (bucket/bucket.h), the other tasks (app/periodic/tasks.h).
#pragma once

#include "app/periodic/periodic_work.h"
#include "app/watch/journal.h"
#include "bucket/bucket.h"

namespace updraft::app {

// The references outlive the task.

// Checks every 30 seconds whether the bucket answers, so that /readyz reports a failure before an
// upload fails.
[[nodiscard]] PeriodicWork::Task watch_bucket(bucket::Bucket& bucket);
// The task, run again every 5 seconds without a log line while the bucket is known not to answer:
// watch_bucket() has logged that.
[[nodiscard]] PeriodicWork::Task while_there(bucket::Bucket& bucket, PeriodicWork::Task task);
// Compares each file of the cache with its digest once in `period`, and removes damaged ones.
[[nodiscard]] PeriodicWork::Task scrub_cache(bucket::Bucket& bucket, Millis period,
                                             Journal& journal);

}  // namespace updraft::app
