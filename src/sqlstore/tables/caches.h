// A cache for rows that are read often and changed rarely, one for each connection.
//
// Lives here: generations, which show a session that its entries are outdated, and the cache of one
//             session.
// Not here:   raising them after a commit (sqlite/commit_queue, postgres/connection_slot), the
//             cached rows (tables/apps_rows, tables/models_rows, tables/releases_rows).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "sqlstore/session.h"

namespace updraft::sqlstore {

// The kinds of cached rows. A rows object that changes such a row calls `caches.changed(...)`.
enum class Cached : std::uint8_t {
    apps,
    catalogs,  // Models and their releases.
};
inline constexpr std::size_t cached_kinds = 2;
// Their names in the table `changes`.
inline constexpr std::array<std::string_view, cached_kinds> cached_words{"apps", "catalogs"};

// The bit in Session::touch() for changed rows of that kind; it is above the bits of `Touched`.
[[nodiscard]] constexpr std::uint32_t touched_bit(Cached kind) {
    return 1U << (16U + static_cast<std::uint32_t>(kind));
}

// A generation number for each kind of cached rows. SQLite: one object for each store, shared by
// its connections. PostgreSQL: one object for each connection, updated from the table `changes` at
// the start of each transaction.
//
// A generation is raised after a commit and before the commit is reported. Every session reads it
// before its snapshot begins. An entry is valid in the generation in which it was read.
//
// The writer raises the number of commits first, then the generations; a reader reads the
// generations first, then the number of commits. So a reader that sees a new generation also sees
// the new commit.
class Generations {
public:
    [[nodiscard]] std::uint64_t commits() const { return commits_.load(std::memory_order_acquire); }
    void count_commit() { commits_.fetch_add(1, std::memory_order_acq_rel); }
    [[nodiscard]] std::uint64_t of(Cached kind) const {
        return values_[static_cast<std::size_t>(kind)].load(std::memory_order_acquire);
    }
    void bump(Cached kind) {
        values_[static_cast<std::size_t>(kind)].fetch_add(1, std::memory_order_acq_rel);
    }
    // Sets the generation that was read from the database. True when it has changed.
    bool learn(Cached kind, std::uint64_t generation) {
        return values_[static_cast<std::size_t>(kind)].exchange(
                   generation, std::memory_order_acq_rel) != generation;
    }

private:
    std::atomic<std::uint64_t> commits_{0};
    std::array<std::atomic<std::uint64_t>, cached_kinds> values_{};
};

// Which kinds of rows one session may answer from its cache. Used by one thread at a time, without
// locks.
class Caches {
public:
    Caches(Session& session, Generations const& shared) : session_(session), shared_(shared) {}

    // Called before a transaction begins: from now on entries of older generations are not used.
    void begin() {
        for (std::size_t i = 0; i < cached_kinds; ++i) {
            seen_[i] = shared_.of(static_cast<Cached>(i));
        }
        changed_ = 0;
        hit_ = false;
    }
    // This transaction changed rows of that kind: until it ends they are not answered from the
    // cache.
    void changed(Cached kind) {
        changed_ |= touched_bit(kind);
        session_.touch(touched_bit(kind));
    }
    // Called when something is answered from the cache; hit() is true from then until the next
    // transaction.
    void note_hit() { hit_ = true; }
    [[nodiscard]] bool hit() const { return hit_; }
    [[nodiscard]] bool usable(Cached kind) const { return (changed_ & touched_bit(kind)) == 0; }
    [[nodiscard]] std::uint64_t generation(Cached kind) const {
        return seen_[static_cast<std::size_t>(kind)];
    }

private:
    Session& session_;
    Generations const& shared_;
    std::array<std::uint64_t, cached_kinds> seen_{};
    std::uint32_t changed_ = 0;
    bool hit_ = false;
};

// Entries of one kind: `Value` is a shared_ptr to something immutable.
//
// Usage: if (auto hit = cache_.find(key)) return *hit;
//        … read it from the session …
//        cache_.keep(key, value);
template <class Key, class Value>
class SessionCache {
public:
    SessionCache(Caches& caches, Cached kind, std::size_t entries_max = 4096)
        : caches_(caches), kind_(kind), entries_max_(entries_max) {}

    // Null when the value must be read from the session.
    [[nodiscard]] Value const* find(Key const& key) {
        if (!caches_.usable(kind_)) return nullptr;
        forget_stale();
        auto const found = entries_.find(key);
        if (found == entries_.end()) return nullptr;
        caches_.note_hit();
        return &found->second;
    }
    void keep(Key const& key, Value value) {
        if (!caches_.usable(kind_)) return;
        forget_stale();
        if (entries_.size() >= entries_max_) entries_.clear();
        entries_.insert_or_assign(key, std::move(value));
    }

private:
    void forget_stale() {
        if (generation_ == caches_.generation(kind_)) return;
        entries_.clear();
        generation_ = caches_.generation(kind_);
    }

    Caches& caches_;
    Cached kind_;
    std::size_t entries_max_;
    std::uint64_t generation_ = 0;
    std::unordered_map<Key, Value> entries_;
};

}  // namespace updraft::sqlstore
