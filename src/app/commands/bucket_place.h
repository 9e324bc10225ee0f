// A bucket as a place of artifacts, for backup, check and copy.
//
// Lives here: reading objects directly, without a cache.
//
// Not here:   the commands' work (keeping/), serving from a bucket (bucket/bucket.h).
#pragma once

#include "bucket/client.h"
#include "bucket/keys.h"
#include "keeping/artifact_place.h"
#include "ports/clock.h"

namespace updraft::app {

class BucketPlace final : public keeping::ArtifactPlace {
public:
    BucketPlace(bucket::ClientSettings settings, Clock const& clock)
        : keys_{settings.place.prefix}, client_(std::move(settings), clock) {}

    [[nodiscard]] std::string written() const override { return client_.place().written(); }
    [[nodiscard]] Result<std::map<std::string, std::int64_t>> list() override;
    [[nodiscard]] Result<std::optional<std::int64_t>> bytes_of(std::string const& sha256) override;
    [[nodiscard]] Result<bool> is_set_aside(std::string const& sha256) override;
    [[nodiscard]] Result<void> read(std::string const& sha256, Sink const& sink) override;

private:
    bucket::Keys keys_;
    bucket::Client client_;
};

}  // namespace updraft::app
