#include "access/rate.h"

#include <algorithm>

namespace updraft::access {
namespace {

std::int64_t full_of(Pace const& pace) {
    return std::max<std::int64_t>(pace.burst, 1) * pace.per.count();
}

}  // namespace

Bucket::Bucket(Pace const& pace, Instant now) : parts_(full_of(pace)), filled_at_(now) {}

// A clock that was set back neither adds nor removes calls. A long pause counts only as long as
// filling the bucket takes, so that the product does not overflow.
void Bucket::fill(Pace const& pace, Instant now) {
    auto const full = full_of(pace);
    auto const elapsed =
        std::clamp<std::int64_t>((now - filled_at_).count(), 0, full / pace.calls + 1);
    parts_ = std::min(full, parts_ + elapsed * pace.calls);
    filled_at_ = now;
}

std::optional<Millis> Bucket::take(Pace const& pace, Instant now) {
    fill(pace, now);
    auto const one_call = pace.per.count();
    if (parts_ >= one_call) {
        parts_ -= one_call;
        return std::nullopt;
    }
    auto const missing = one_call - parts_;
    return Millis{std::max<std::int64_t>(1, (missing + pace.calls - 1) / pace.calls)};
}

bool Bucket::is_full(Pace const& pace, Instant now) const {
    auto later = *this;
    later.fill(pace, now);
    return later.parts_ == full_of(pace);
}

std::optional<Millis> Rate::refused(AppId const& appid, Instant now) {
    if (pace_.calls <= 0) return std::nullopt;
    auto& shard = shards_[std::hash<AppId>{}(appid) % shards_.size()];
    std::scoped_lock const lock(shard.mutex);
    return shard.buckets.try_emplace(appid, pace_, now).first->second.take(pace_, now);
}

}  // namespace updraft::access
