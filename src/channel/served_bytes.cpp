#include "channel/served_bytes.h"

#include <algorithm>

namespace updraft::channel {

std::optional<upgrade::ServedBytes> ServedTally::add(UpgradeId id, Sent const& sent, Instant now) {
    std::scoped_lock const lock(mutex_);
    auto found = tallies_.find(id);
    auto const first = found == tallies_.end();
    if (first) {
        // Makes room by dropping all counts. Only the shown progress becomes less exact.
        if (tallies_.size() >= tallies_max) tallies_.clear();
        found = tallies_.emplace(id, Tally{{}, now}).first;
    }
    auto& [unwritten, written_at] = found->second;
    unwritten.bytes += sent.bytes;
    unwritten.reach = std::max(unwritten.reach, sent.reach);
    unwritten.reached_the_end = sent.bytes > 0 && sent.reach >= sent.whole;
    if (unwritten.bytes == 0) return std::nullopt;

    auto const worth_it = unwritten.bytes * 100 >= sent.whole * step_percent;
    auto const rested = now - written_at >= pause || now < written_at;
    if (!first && !unwritten.reached_the_end && !sent.broke_off && !(worth_it && rested)) {
        return std::nullopt;
    }
    auto const to_write = unwritten;
    if (unwritten.reached_the_end) {
        tallies_.erase(found);
    } else {
        found->second = Tally{{}, now};
    }
    return to_write;
}

}  // namespace updraft::channel
