#include "access/device_rate.h"

#include <sodium.h>

#include <algorithm>
#include <bit>

namespace updraft::access {
namespace {

constexpr std::size_t shard_max = DeviceRate::buckets_max / DeviceRate::shard_count;
constexpr std::size_t first_sweep_at = 1'024;
// While all buckets of a shard are in use, it is swept at most once in this time.
constexpr Millis sweep_pause{100};

// Longer than every did and token that exist. What is longer shares a bucket with the same
// beginning.
constexpr std::size_t hashed_bytes_max = 256;

}  // namespace

DeviceRate::DeviceRate(std::int64_t per_minute, IdSource& id_source)
    : pace_{.calls = per_minute, .per = Millis{60'000}, .burst = device_burst} {
    id_source.fill(key_);
    for (auto& shard : shards_) shard.sweep_at = first_sweep_at;
}

std::uint64_t DeviceRate::key_of(std::string_view did, std::string_view token) const {
    static_assert(std::tuple_size_v<Key> == crypto_shorthash_KEYBYTES);
    static_assert(sizeof(std::uint64_t) == crypto_shorthash_BYTES);
    std::array<char, hashed_bytes_max> text;
    auto bytes = did.copy(text.data(), text.size() - 1);
    text[bytes++] = ' ';  // In no token.
    bytes += token.copy(text.data() + bytes, text.size() - bytes);
    std::array<unsigned char, crypto_shorthash_BYTES> hash;
    void const* const start = text.data();
    crypto_shorthash(hash.data(), static_cast<unsigned char const*>(start), bytes, key_.data());
    return std::bit_cast<std::uint64_t>(hash);
}

// Forgets full buckets when there are many. False when there is no room for a further one.
bool DeviceRate::make_room(Shard& shard, Instant now) const {
    if (shard.buckets.size() < shard.sweep_at) return true;
    auto const since = now - shard.swept_at;
    if (shard.buckets.size() >= shard_max && since >= Millis{0} && since < sweep_pause) {
        return false;
    }
    std::erase_if(shard.buckets, [&](auto const& one) { return one.second.is_full(pace_, now); });
    shard.swept_at = now;
    shard.sweep_at = std::clamp(2 * shard.buckets.size(), first_sweep_at, shard_max);
    return shard.buckets.size() < shard_max;
}

std::optional<Millis> DeviceRate::refused(std::string_view did, std::string_view token,
                                          Instant now) {
    if (pace_.calls <= 0) return std::nullopt;
    auto const key = key_of(did, token);
    auto& shard = shards_[key % shard_count];
    std::optional<Millis> wait;
    {
        std::scoped_lock const lock(shard.mutex);
        auto found = shard.buckets.find(key);
        if (found == shard.buckets.end()) {
            if (!make_room(shard, now)) return std::nullopt;
            found = shard.buckets.try_emplace(key, pace_, now).first;
        }
        wait = found->second.take(pace_, now);
    }
    if (wait) refused_total_.fetch_add(1, std::memory_order_relaxed);
    return wait;
}

std::size_t DeviceRate::buckets() {
    std::size_t count = 0;
    for (auto& shard : shards_) {
        std::scoped_lock const lock(shard.mutex);
        count += shard.buckets.size();
    }
    return count;
}

}  // namespace updraft::access
