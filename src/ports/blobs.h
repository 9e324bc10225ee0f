// Where the bytes of artifacts are stored.
//
// Lives here: the port.
// Not here:   the folder on a file system (blobdir/), the bucket (bucket/), which rows name which
//             blob (firmware/).
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

// A blob that is read: an open descriptor, so that it can be sent to its end while it is removed.
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

// A blob that is written. Leaves nothing when it is destroyed before finish(). One thread at a
// time.
class BlobIntake {
public:
    virtual ~BlobIntake() = default;
    // Errc::too_large over the limit given at the beginning, Errc::unavailable when the disk is
    // full.
    virtual Result<void> append(std::string_view bytes) = 0;
    // What was appended so far, from that offset on; fewer bytes than asked for only at the end.
    [[nodiscard]] virtual Result<std::size_t> look(std::int64_t offset, std::span<char> into) = 0;
    // Ends the bytes and says what they are; append is not allowed afterwards. May be asked again.
    [[nodiscard]] virtual firmware::Artifact const& described() = 0;
    // After success the bytes are durable under their SHA-256 (fsync, rename, fsync of the folder).
    virtual Result<firmware::Artifact> finish() = 0;
};

// What open() and verify() answer about a blob that is not there, or not what it was.
[[nodiscard]] inline Error no_such_blob(std::string const& sha256) {
    return {Errc::not_found, "there is no stored file " + sha256};
}
[[nodiscard]] inline Error damaged_blob(std::string const& sha256) {
    return {Errc::corrupt, "the stored file " + sha256 + " is damaged; upload it again"};
}

// What an address for downloading is used for.
struct PublicAsk {
    bool only_head = false;   // For a HEAD; such addresses hold for one method.
    std::string disposition;  // The Content-Disposition that the answer is to have.
};

// Safe to call from any thread. Every call but open_soon() may block, on a disk or on a network.
class Blobs {
public:
    virtual ~Blobs() = default;
    virtual Result<std::unique_ptr<BlobIntake>> begin(std::int64_t bytes_max) = 0;
    // Errc::not_found when it is not there, Errc::corrupt when it is known to be damaged,
    // Errc::busy when it can't be fetched now.
    virtual Result<std::shared_ptr<OpenBlob const>> open(std::string const& sha256) = 0;
    // Calls `done` with what open() answers: before this returns when no network is needed (a disk
    // may be read), else later and on another thread.
    using Opened = std::function<void(Result<std::shared_ptr<OpenBlob const>>)>;
    virtual void open_soon(std::string const& sha256, Opened done) { done(open(sha256)); }
    // An address from which it can be downloaded for a limited time without our server; nothing
    // when this port has none. Does not check whether the blob is there, and never blocks.
    [[nodiscard]] virtual std::optional<std::string> public_url(std::string const& /*sha256*/,
                                                                PublicAsk const& /*ask*/,
                                                                Instant /*now*/) const {
        return std::nullopt;
    }
    // Every blob that has been there since before `older_than`, for the sweep of orphans.
    virtual Result<std::vector<std::string>> list(Instant older_than) = 0;
    // Nothing happens when it is not there, or was finished (again) at `older_than` or later.
    virtual Result<void> remove(std::string const& sha256, Instant older_than) = 0;
    // Reads it all and compares. Errc::corrupt marks it damaged: from then on open() refuses it,
    // until the same bytes are finished once more.
    virtual Result<void> verify(std::string const& sha256) = 0;
    // The blob that was read and compared longest ago, when that was before `checked_before`.
    [[nodiscard]] virtual Result<std::optional<std::string>> due_for_check(
        Instant checked_before) = 0;
};

}  // namespace updraft
