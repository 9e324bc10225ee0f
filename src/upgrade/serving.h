// Progress of an upgrade from the bytes of its artifact that were sent to the device.
//
// Lives here: the effect of served bytes on the upgrade. Distinct bytes count, in whatever order
//             they were sent and however often.
//
// Not here:   sending (channel/send_artifact.h), counting (channel/served_bytes.h), the device's
//             own reports (feedback.h).
#pragma once

#include "upgrade/record.h"
#include "vocabulary/byte_set.h"

namespace updraft::upgrade {

// Records that these bytes were sent; none: that the device began to download from elsewhere.
// Answers all bytes of the upgrade that were ever recorded, with `sent`. Once nothing of the file
// is lacking, the upgrade is `downloaded`. No effect when it has ended or is held back; past
// `downloaded` the bytes are recorded and change neither state nor progress.
Result<ByteSet> served(Tx& tx, Means const& means, UpgradeId id, ByteSet const& sent, Instant now);

}  // namespace updraft::upgrade
