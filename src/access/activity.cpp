#include "access/activity.h"

#include <algorithm>

#include "access/operator.h"

namespace updraft::access {

std::string token_key(std::string_view token_id) { return "t" + std::string(token_id); }

std::string session_key(Sha256 const& session) {
    std::string key = "s";
    key.append(session.begin(), session.end());
    return key;
}

std::string operator_key(std::string_view name) { return "o" + folded(name); }

bool Activity::note(std::string const& key, Instant now, Millis period) {
    std::scoped_lock const lock(mutex_);
    if (times_.size() >= keys_max && !times_.contains(key)) times_.clear();
    auto const [found, is_new] = times_.try_emplace(key, Times{.last = now, .written = now});
    auto& times = found->second;
    times.last = std::max(times.last, now);
    auto const passed = now - times.written;
    if (!is_new && passed >= Millis{0} && passed < period) return false;
    times.written = now;
    return true;
}

std::optional<Instant> Activity::last_use(std::string const& key) const {
    std::scoped_lock const lock(mutex_);
    auto const found = times_.find(key);
    if (found == times_.end()) return std::nullopt;
    return found->second.last;
}

std::optional<Instant> Activity::last_minute(std::string const& key,
                                             std::optional<Instant> stored) const {
    auto const known = last_use(key);
    if (!known) return stored;
    auto const minute = minute_of(*known);
    return stored ? std::max(*stored, minute) : minute;
}

}  // namespace updraft::access
