#include "keeping/checkup.h"

#include <algorithm>
#include <optional>

#include "blobdir/layout.h"
#include "keeping/files.h"

namespace updraft::keeping {
namespace {

using sqlstore::Depth;
using sqlstore::NamedArtifact;
using Wrong = std::optional<std::string>;

// The problem of that artifact; nothing when it has none.
Result<Wrong> wrong_with(NamedArtifact const& named, ArtifactPlace& artifacts, Depth depth) {
    if (!blobdir::is_digest(named.sha256)) return Wrong("is named by what is no digest");
    TRY_ASSIGN(auto const bytes, artifacts.bytes_of(named.sha256));
    if (!bytes) {
        TRY_ASSIGN(auto const set_aside, artifacts.is_set_aside(named.sha256));
        if (!set_aside) return Wrong("is not in " + artifacts.written());
        return Wrong("was found damaged by the server, and is not served: upload it again");
    }
    if (*bytes != named.bytes) {
        return Wrong("has " + std::to_string(*bytes) + " bytes instead of " +
                     std::to_string(named.bytes));
    }
    if (depth == Depth::rules) return Wrong();
    TRY_ASSIGN(auto const sum,
               sum_of([&](Sink const& sink) { return artifacts.read(named.sha256, sink); }));
    if (sum.sha256 != named.sha256) return Wrong("is damaged: its bytes have another digest");
    return Wrong();
}

// A draft may have lost its file since the rows were read.
bool still_named(sqlstore::Database& database, std::string const& sha256) {
    auto const now = sqlstore::named_artifacts(database);
    return !now || std::ranges::find(*now, sha256, &NamedArtifact::sha256) != now->end();
}

}  // namespace

Result<Checkup> check_up(sqlstore::Database& database, ArtifactPlace& artifacts, Depth depth) {
    TRY_ASSIGN(auto inspected, sqlstore::inspect(database, depth));
    Checkup checkup{.findings = std::move(inspected.findings),
                    .rows = inspected.rows,
                    .key_check = std::move(inspected.key_check)};
    for (auto const& named : inspected.artifacts) {
        TRY_ASSIGN(auto const wrong, wrong_with(named, artifacts, depth));
        ++checkup.artifacts;
        checkup.artifact_bytes += named.bytes;
        if (!wrong || !still_named(database, named.sha256)) continue;
        checkup.findings.push_back("the artifact of " + named.release + ", " + named.sha256 + ", " +
                                   *wrong);
    }
    return checkup;
}

}  // namespace updraft::keeping
