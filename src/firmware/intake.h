// Taking in the file of a release, piece by piece, and believing it only when its digest fits.
//
// Lives here: what makes a file acceptable, and the digests that a sender may claim (RFC 9530).
// Not here:   where bytes are put (ports/blobs.h), the row that names them (firmware/publish.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/artifact.h"
#include "ports/blobs.h"
#include "vocabulary/digest.h"
#include "vocabulary/result.h"

namespace updraft::firmware {

// The sha-256 in a `Repr-Digest` or `Content-Digest` field (several of one name joined by ", "), as
// lower-case hex. Nothing when the field claims only other algorithms; of one algorithm given twice
// the last counts. Errc::invalid when it can't be read.
[[nodiscard]] Result<std::optional<std::string>> claimed_sha256(std::string_view field,
                                                                std::string_view field_name);

// Used by one thread at a time; every call may block on the disk. Destroyed before finish(), it
// leaves nothing behind.
class Intake {
public:
    // `claimed`: what the sender says the digest is, if he does.
    [[nodiscard]] static Result<std::unique_ptr<Intake>> begin(Blobs& blobs, std::int64_t bytes_max,
                                                               std::optional<std::string> claimed);

    // Errc::too_large over the limit, Errc::unavailable when the disk is full.
    [[nodiscard]] Result<void> append(std::string_view bytes);
    // After success the bytes are durable, and the artifact tells what the file says of itself.
    // Errc::invalid when there are none, or not those claimed.
    [[nodiscard]] Result<Artifact> finish();

private:
    Intake(std::unique_ptr<BlobIntake> blob, std::optional<std::string> claimed)
        : blob_(std::move(blob)), claimed_(std::move(claimed)) {}

    [[nodiscard]] Result<std::string> said_of_itself();

    std::unique_ptr<BlobIntake> blob_;
    std::optional<std::string> claimed_;
};

}  // namespace updraft::firmware
