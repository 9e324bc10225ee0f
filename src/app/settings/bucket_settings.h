// Makes the settings of a bucket from the settings of the program.
//
// Lives here: the address, the credentials and the cache of a bucket.
//
// Not here:   the bucket (bucket/bucket.h), settings of the other parts
//             (app/settings/part_settings.h).
#pragma once

#include "app/settings/settings.h"
#include "bucket/bucket.h"

namespace updraft::app {

// The settings to reach `place` with the keys and addresses of [firmware]; `place` need not be that
// of [firmware] store. Reads the file of the secret key. Errc::invalid when a needed key is not
// set; other errors as read_secret_key().
[[nodiscard]] Result<bucket::ClientSettings> client_settings(Settings::Firmware const& firmware,
                                                             bucket::Place place);
// The settings for [firmware] store, which must be set. Errors as client_settings().
[[nodiscard]] Result<bucket::BucketSettings> bucket_settings(Settings::Firmware const& firmware);

}  // namespace updraft::app
