#include "access/failure_rate.h"

#include <algorithm>
#include <functional>

namespace updraft::access {
namespace {

constexpr std::int64_t one_failure = 60'000;
// A full shard is searched for entries to remove at most this often.
constexpr Millis purge_pause{1000};

}  // namespace

// A clock that was set back neither adds nor removes failures. A long pause counts only as long as
// emptying takes, so that the product does not overflow.
std::int64_t FailureRate::level_at(Entry const& entry, Instant now) const {
    auto const emptied_after = entry.level / rules_.free_per_minute + 1;
    auto const elapsed = std::clamp<std::int64_t>((now - entry.at).count(), 0, emptied_after);
    return std::max<std::int64_t>(0, entry.level - elapsed * rules_.free_per_minute);
}

FailureRate::Entry& FailureRate::entry_of(Shard& shard, std::string_view key, Instant now) const {
    std::string name(key);
    if (auto const known = shard.entries.find(name); known != shard.entries.end()) {
        return known->second;
    }
    auto const room = std::max<std::int64_t>(1, rules_.keys_max / std::int64_t{shards_count});
    auto const is_full = [&] { return std::ssize(shard.entries) >= room; };
    auto const pause = now - shard.purged_at;
    if (is_full() && (pause >= purge_pause || pause < Millis{0})) {
        shard.purged_at = now;
        std::erase_if(shard.entries,
                      [&](auto const& candidate) { return level_at(candidate.second, now) == 0; });
    }
    if (is_full()) return shard.others;
    return shard.entries.try_emplace(std::move(name), Entry{.level = 0, .at = now}).first->second;
}

Millis FailureRate::count(Entry& entry, Instant now) const {
    auto const steps_max = (rules_.delay_max.count() + rules_.delay_step.count() - 1) /
                           std::max<std::int64_t>(1, rules_.delay_step.count());
    auto const free = rules_.free_per_minute * one_failure;
    // Above this level the delay does not grow, so a longer attack is not remembered for longer.
    entry.level = std::min(level_at(entry, now) + one_failure, free + steps_max * one_failure);
    entry.at = now;
    ++entry.unreported;
    if (entry.level <= free) return Millis{0};
    auto const steps = (entry.level - free + one_failure - 1) / one_failure;
    return std::min(rules_.delay_max, steps * rules_.delay_step);
}

Millis FailureRate::failed(std::string_view key, Instant now) {
    auto& shard = shards_[std::hash<std::string_view>{}(key) % shards_.size()];
    std::scoped_lock const lock(shard.mutex);
    unreported_.store(true, std::memory_order_relaxed);
    return count(entry_of(shard, key, now), now);
}

std::vector<FailureReport> FailureRate::take_reports() {
    std::vector<FailureReport> reports;
    if (!unreported_.exchange(false)) return reports;
    auto const take = [&](std::string const& key, Entry& entry) {
        if (entry.unreported == 0) return;
        reports.push_back({.key = key, .failures = entry.unreported});
        entry.unreported = 0;
    };
    for (auto& shard : shards_) {
        std::scoped_lock const lock(shard.mutex);
        for (auto& [key, entry] : shard.entries) take(key, entry);
        take({}, shard.others);
    }
    return reports;
}

}  // namespace updraft::access
