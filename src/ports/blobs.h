// Stores the bytes of artifacts, each named by its SHA-256 (a blob).
//
// Lives here: the port.
// Not here:   the folder on a file system (blobdir/), the bucket (bucket/), which release names
//             which blob (firmware/).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/artifact.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft {

// A blob opened for reading. The descriptor stays valid when the blob is removed meanwhile.
class OpenBlob {
public:
    OpenBlob(int descriptor, std::int64_t bytes) : descriptor_(descriptor), bytes_(bytes) {}
    ~OpenBlob();
    OpenBlob(OpenBlob const&) = delete;
    OpenBlob& operator=(OpenBlob const&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::int64_t bytes() const { return bytes_; }

private:
    int descriptor_;
    std::int64_t bytes_;
};

// A blob being written. If it is destroyed before finish(), nothing is stored. Used by one thread
// at a time.
class BlobIntake {
public:
    virtual ~BlobIntake() = default;
    // Errc::too_large above the `bytes_max` of begin(), Errc::unavailable when the disk is full.
    virtual Result<void> append(std::string_view bytes) = 0;
    // Reads what was appended so far, from `offset`, and answers the number of bytes, which is
    // smaller than `into` only at the end.
    [[nodiscard]] virtual Result<std::size_t> look(std::int64_t offset, std::span<char> into) = 0;
    // Ends the upload and answers its size and digests. append() must not be called afterwards;
    // described() may be called again.
    [[nodiscard]] virtual firmware::Artifact const& described() = 0;
    // After success the bytes are durable under their SHA-256 (fsync, rename, fsync of the folder).
    virtual Result<firmware::Artifact> finish() = 0;
};

// The errors of open() and verify() for a missing and for a damaged blob.
[[nodiscard]] inline Error no_such_blob(std::string const& sha256) {
    return {Errc::not_found, "there is no stored file " + sha256};
}
[[nodiscard]] inline Error damaged_blob(std::string const& sha256) {
    return {Errc::corrupt, "the stored file " + sha256 + " is damaged; upload it again"};
}

// How a public address will be used.
struct PublicAsk {
    bool only_head = false;   // For HEAD, not GET: an address fits one.
    std::string disposition;  // The Content-Disposition of the answer.
};

// Safe to call from any thread. Every call except open_soon() and public_url() may wait for a disk
// or a network.
class Blobs {
public:
    virtual ~Blobs() = default;
    virtual Result<std::unique_ptr<BlobIntake>> begin(std::int64_t bytes_max) = 0;
    // Errc::not_found when there is no such blob, Errc::corrupt when it is known to be damaged,
    // Errc::busy when it cannot be fetched now.
    virtual Result<std::shared_ptr<OpenBlob const>> open(std::string const& sha256) = 0;
    // Calls `done` with the result of open(): before this returns when no network is needed (a disk
    // may be read), otherwise later and on another thread. Never waits for a network.
    using Opened = std::function<void(Result<std::shared_ptr<OpenBlob const>>)>;
    virtual void open_soon(std::string const& sha256, Opened done) { done(open(sha256)); }
    // A temporary address from which anybody can download the blob without our server; nothing when
    // the adapter has none. Does not check whether the blob exists. Never blocks.
    [[nodiscard]] virtual std::optional<std::string> public_url(std::string const& /*sha256*/,
                                                                PublicAsk const& /*ask*/,
                                                                Instant /*now*/) const {
        return std::nullopt;
    }
    // The digests of all blobs that were stored before `older_than`, for the sweep of orphans.
    virtual Result<std::vector<std::string>> list(Instant older_than) = 0;
    // The bytes of all blobs, those that are damaged or orphans included.
    virtual Result<std::int64_t> bytes_stored() = 0;
    // No effect when there is no such blob, or when it was uploaded (again) at `older_than` or
    // later.
    virtual Result<void> remove(std::string const& sha256, Instant older_than) = 0;
    // Reads the whole blob and compares its digest. When it differs, answers Errc::corrupt and
    // marks the blob damaged: open() refuses it until the same bytes are uploaded again.
    virtual Result<void> verify(std::string const& sha256) = 0;
    // The blob whose last check is the oldest, if that check was before `checked_before`.
    [[nodiscard]] virtual Result<std::optional<std::string>> due_for_check(
        Instant checked_before) = 0;
};

}  // namespace updraft
