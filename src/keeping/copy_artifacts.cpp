#include "keeping/copy_artifacts.h"

#include <limits>

namespace updraft::keeping {
namespace {

// False when its bytes have another digest.
Result<bool> copy_one(ArtifactPlace& from, Blobs& into, std::string const& sha256) {
    TRY_ASSIGN(auto const intake, into.begin(std::numeric_limits<std::int64_t>::max()));
    TRY(from.read(sha256, [&](std::string_view bytes) { return intake->append(bytes); }));
    if (intake->described().digests.sha256 != sha256) return false;
    TRY(intake->finish());
    return true;
}

}  // namespace

Result<CopiedArtifacts> copy_artifacts(ArtifactPlace& from, ArtifactPlace& to, Blobs& into) {
    TRY_ASSIGN(auto const wanted, from.list());
    TRY_ASSIGN(auto const there, to.list());
    CopiedArtifacts sum;
    for (auto const& [sha256, bytes] : wanted) {
        auto const known = there.find(sha256);
        if (known != there.end() && known->second == bytes) {
            ++sum.there_already;
            continue;
        }
        auto const copied = copy_one(from, into, sha256);
        // A server has removed it since list().
        if (!copied && copied.error().code == Errc::not_found) continue;
        if (!copied) return pass(copied);
        if (!*copied) {
            sum.damaged.push_back(sha256);
            continue;
        }
        ++sum.copied;
        sum.copied_bytes += bytes;
    }
    return sum;
}

}  // namespace updraft::keeping
