#include "app/commands/bucket_place.h"

#include "vocabulary/if_found.h"

namespace updraft::app {

Result<std::map<std::string, std::int64_t>> BucketPlace::list() {
    std::map<std::string, std::int64_t> found;
    TRY(client_.each(keys_.prefix, [&](bucket::Listed const& listed) {
        auto const sha256 = bucket::Keys::digest_of(listed.key);
        if (sha256 && listed.key == keys_.blob(*sha256)) found.emplace(*sha256, listed.bytes);
    }));
    return found;
}

Result<std::optional<std::int64_t>> BucketPlace::bytes_of(std::string const& sha256) {
    TRY_ASSIGN(auto const facts, if_found(client_.look(keys_.blob(sha256))));
    if (!facts) return std::nullopt;
    return facts->bytes;
}

Result<bool> BucketPlace::is_set_aside(std::string const& sha256) {
    TRY_ASSIGN(auto const facts, if_found(client_.look(keys_.damaged(sha256))));
    return facts.has_value();
}

Result<void> BucketPlace::read(std::string const& sha256, Sink const& sink) {
    TRY(client_.fetch(keys_.blob(sha256), sink));
    return {};
}

}  // namespace updraft::app
