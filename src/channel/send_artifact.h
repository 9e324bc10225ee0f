// Sends the bytes of an artifact, or some ranges of them, to a device.
//
// Lives here: conditional requests and ranges, redirects to a bucket, the limit of downloads, and
//             counting the bytes that were sent.
//
// Not here:   which file a device may have (upgrade/hand_out.h), writing to the socket
//             (http/sending.cpp), progress from served bytes (upgrade/serving.h).
#pragma once

#include "channel/context.h"
#include "firmware/artifact.h"
#include "http/conditions.h"
#include "http/exchange.h"

namespace updraft::channel {

struct ArtifactFile {
    UpgradeId upgrade;  // The served bytes are counted for this upgrade.
    Downloader downloader;
    std::string name;
    firmware::Artifact artifact;
    std::optional<Instant> changed_at;  // For Last-Modified.
};

// The ETag is the SHA-256 of the artifact.
[[nodiscard]] http::Validators validators_of(firmware::Artifact const& artifact,
                                             std::optional<Instant> changed_at);

enum class Way : std::uint8_t {
    direct,      // This server sends the bytes.
    via_bucket,  // A redirect to the bucket if it is public, otherwise as `direct`.
};

// The reply with the file: 200, 206, 302, 304, 412 or 416. Errc::too_many when the
// device has too many downloads, Errc::busy when all devices together or its user have, or when the
// file cannot be fetched now, Errc::corrupt when the file is missing or damaged. `request`
// must stay valid until the result is there.
[[nodiscard]] http::asio::awaitable<Result<http::Reply>> send_artifact(Context& context,
                                                                       http::Request const& request,
                                                                       ArtifactFile file, Way way);

}  // namespace updraft::channel
