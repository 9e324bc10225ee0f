// A Blobs without any artifact, for tests that never read bytes.
//
// Lives here: the port, answering Errc::not_found.
//
// Not here:   the real adapters (blobdir/blob_dir.h, bucket/bucket.h).
#pragma once

#include "ports/blobs.h"

namespace updraft::stage {

class NoBlobs final : public Blobs {
public:
    Result<std::unique_ptr<BlobIntake>> begin(std::int64_t) override { return none(); }
    Result<std::shared_ptr<OpenBlob const>> open(std::string const&) override { return none(); }
    Result<std::vector<std::string>> list(Instant) override { return none(); }
    Result<std::int64_t> bytes_stored() override { return 0; }
    Result<void> remove(std::string const&, Instant) override { return none(); }
    Result<void> verify(std::string const&) override { return none(); }
    Result<std::optional<std::string>> due_for_check(Instant) override { return none(); }

private:
    static tl::unexpected<Error> none() { return fail(Errc::not_found, "there are no artifacts"); }
};

}  // namespace updraft::stage
