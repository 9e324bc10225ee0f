// The place of a device in the queue of a release. Pure.
//
// Lives here: the bucket: the same for a device and a release at all times, and independent between
//             releases, so that no device is always among the first.
//
// Not here:   which buckets a wave covers (rollout/coverage.h).
#pragma once

#include <cstdint>

#include "vocabulary/ids.h"

namespace updraft::rollout {

// As many as a percent wave has millionths.
inline constexpr std::int64_t bucket_count = 1'000'000;

// From 0 to bucket_count, exclusive: the first 8 bytes (big-endian) of
// SHA-256(decimal id of the release, a zero byte, did) modulo bucket_count. `did` has at most
// name_bytes_max bytes.
[[nodiscard]] std::int64_t bucket_of(ReleaseId release, Did const& did);

}  // namespace updraft::rollout
