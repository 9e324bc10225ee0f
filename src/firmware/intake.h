// Receives the file of a release piece by piece, and accepts it only if its digest is the expected
// one.
//
// Lives here: when a file is accepted, and reading the digest that the sender claims (RFC 9530).
//
// Not here:   storing the bytes (ports/blobs.h), the row that names them (firmware/publish.h).
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

// The sha-256 in a `Repr-Digest` or `Content-Digest` field (repeated fields joined by ", "), as
// lower-case hex; when it contains sha-256 twice, the last one counts. Errc::invalid when it is
// malformed or has no sha-256: a digest that is not checked would seem to be.
[[nodiscard]] Result<std::string> claimed_sha256(std::string_view field,
                                                 std::string_view field_name);

// Used by one thread at a time. Every call may block on the disk. If it is destroyed before
// finish(), the bytes are discarded.
class Intake {
public:
    // `claimed` is the digest from claimed_sha256(). Errc::unavailable when the file cannot be
    // created.
    [[nodiscard]] static Result<std::unique_ptr<Intake>> begin(Blobs& blobs, std::int64_t bytes_max,
                                                               std::optional<std::string> claimed);

    // Errc::too_large over the limit, Errc::unavailable when the disk is full.
    [[nodiscard]] Result<void> append(std::string_view bytes);
    // On success the bytes are durable, and the artifact contains the file's description.
    // Errc::invalid when the file is empty or its digest differs from the claimed one.
    [[nodiscard]] Result<Artifact> finish();

private:
    Intake(std::unique_ptr<BlobIntake> blob, std::optional<std::string> claimed)
        : blob_(std::move(blob)), claimed_(std::move(claimed)) {}

    [[nodiscard]] Result<std::string> said_of_itself();

    std::unique_ptr<BlobIntake> blob_;
    std::optional<std::string> claimed_;
};

}  // namespace updraft::firmware
