#include "channel/presence.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ports/devices_table.h"

namespace updraft::channel {

Presence::Shard& Presence::shard_of(Did const& did) {
    return shards_[std::hash<Did>{}(did) % shard_count];
}

Presence::Shard const& Presence::shard_of(Did const& did) const {
    return shards_[std::hash<Did>{}(did) % shard_count];
}

void Presence::heard(Did const& did, Instant now) {
    auto& shard = shard_of(did);
    std::scoped_lock const lock(shard.mutex);
    auto const known = shard.fresh.find(did.value);
    if (known != shard.fresh.end()) {
        known->second = std::max(known->second, now.ms);
    } else if (shard.fresh.size() < signs_per_shard_max) {
        shard.fresh.emplace(did.value, now.ms);
    }
}

std::optional<Instant> Presence::last_sign(Did const& did) const {
    auto const& shard = shard_of(did);
    std::scoped_lock const lock(shard.mutex);
    for (auto const* signs : {&shard.fresh, &shard.being_written}) {
        auto const found = signs->find(did.value);
        if (found != signs->end()) return Instant{found->second};
    }
    return std::nullopt;
}

Result<void> Presence::write_shard(Store& store, Shard& shard) {
    std::vector<std::pair<Did, Instant>> signs;
    {
        std::scoped_lock const lock(shard.mutex);
        std::swap(shard.fresh, shard.being_written);
        signs.reserve(shard.being_written.size());
        for (auto const& [did, at] : shard.being_written) signs.emplace_back(Did{did}, Instant{at});
    }
    // Sorted by did, so that rows which are next to each other in the table are written together.
    std::ranges::sort(signs);
    Result<void> outcome;
    for (std::size_t from = 0; from < signs.size() && outcome; from += batch_max) {
        auto const count = std::min(batch_max, signs.size() - from);
        auto const batch = std::span(signs).subspan(from, count);
        outcome = store.write([batch](Tx& tx) { return tx.devices().seen(batch); });
    }
    std::scoped_lock const lock(shard.mutex);
    if (!outcome) shard.fresh.merge(shard.being_written);
    shard.being_written.clear();
    return outcome;
}

Result<std::size_t> Presence::write_down(Store& store) {
    std::size_t written = 0;
    for (auto& shard : shards_) {
        {
            std::scoped_lock const lock(shard.mutex);
            if (shard.fresh.empty()) continue;
            written += shard.fresh.size();
        }
        TRY(write_shard(store, shard));
    }
    return written;
}

}  // namespace updraft::channel
