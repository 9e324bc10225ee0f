#include "access/rate.h"

#include <algorithm>

namespace updraft::access {

std::optional<Millis> Rate::refused(AppId const& appid, Instant now) {
    if (per_second_ <= 0) return std::nullopt;
    static constexpr std::int64_t one_call = 1000;
    auto const full = std::max<std::int64_t>(burst_, 1) * one_call;
    auto& shard = shards_[std::hash<AppId>{}(appid) % shards_.size()];

    std::scoped_lock const lock(shard.mutex);
    auto const [entry, is_new] = shard.buckets.try_emplace(appid, Bucket{full, now});
    auto& bucket = entry->second;
    // A clock that was set back neither adds nor removes tokens. A long pause counts only as long
    // as filling the bucket takes, so that the product does not overflow.
    auto const elapsed =
        std::clamp<std::int64_t>((now - bucket.filled_at).count(), 0, full / per_second_ + 1);
    bucket.thousandths = std::min(full, bucket.thousandths + elapsed * per_second_);
    bucket.filled_at = now;
    if (bucket.thousandths >= one_call) {
        bucket.thousandths -= one_call;
        return std::nullopt;
    }
    auto const missing = one_call - bucket.thousandths;
    return Millis{std::max<std::int64_t>(1, (missing + per_second_ - 1) / per_second_)};
}

}  // namespace updraft::access
