// Where artifacts are, by the settings: in a folder or in a bucket.
//
// Lives here: from settings to a bucket's own, and what a server does for a bucket by time.
// Not here:   the places (blobdir/, bucket/), other steps (app/steps.h).
#pragma once

#include <string>

#include "app/journal.h"
#include "app/rhythm.h"
#include "app/settings.h"
#include "bucket/bucket.h"

namespace updraft::app {

// For `place`, which need not be the one of the settings: keys and addresses hold for it as well.
[[nodiscard]] Result<bucket::ClientSettings> client_settings(Settings::Firmware const& firmware,
                                                             bucket::Place place);
[[nodiscard]] Result<bucket::BucketSettings> bucket_settings(Settings::Firmware const& firmware);

// Asks now and then whether it is there: whoever looks at /readyz shall know without an upload.
[[nodiscard]] Rhythm::Step watch_bucket(bucket::Bucket& bucket);
// The step, but not while the bucket is known to be away: one line in the journal is enough.
[[nodiscard]] Rhythm::Step while_there(bucket::Bucket& bucket, Rhythm::Step step);
// As artifacts are checked, so is what the cache has of them.
[[nodiscard]] Rhythm::Step scrub_cache(bucket::Bucket& bucket, Millis period, Journal& journal);

}  // namespace updraft::app
