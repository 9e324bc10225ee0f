// Rows that nearly every request needs and that rarely change, kept in memory for each connection.
//
// Lives here: generations, by which a session knows that its entries are outdated, and the cache of
//             one session.
// Not here:   raising them after a commit (sqlite/commit_queue, postgres/connection_slot), what is
//             cached (tables/apps_rows, tables/models_rows, tables/releases_rows).
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

// What is cached. A rows object that changes such a row calls `caches.changed(...)`.
enum class Cached : std::uint8_t {
    apps,
    catalogs,  // Models and their releases.
};
inline constexpr std::size_t cached_kinds = 2;
// As the table `changes` names them.
inline constexpr std::array<std::string_view, cached_kinds> cached_words{"apps", "catalogs"};

// The bit in Session::touch() for changed rows of that kind. Above the bits of `Touched`.
[[nodiscard]] constexpr std::uint32_t touched_bit(Cached kind) {
    return 1U << (16U + static_cast<std::uint32_t>(kind));
}

// One for each store on SQLite, shared by its connections. On PostgreSQL each connection has its
// own and reads the table `changes` at the start of each transaction.
//
// Raised after a commit and before the commit is reported; read by every session before its
// snapshot begins. An entry is valid in the generation in which it was read.
//
// The writer counts the commit first and the kinds after it; a reader looks at the kinds first and
// the commits after them. So a reader that sees a new generation sees the new commit as well.
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
    // Sets the generation that the database says. True when it is a new one.
    bool learn(Cached kind, std::uint64_t generation) {
        return values_[static_cast<std::size_t>(kind)].exchange(
                   generation, std::memory_order_acq_rel) != generation;
    }

private:
    std::atomic<std::uint64_t> commits_{0};
    std::array<std::atomic<std::uint64_t>, cached_kinds> values_{};
};

// What one session may answer from memory. Used by one thread at a time, without locks.
class Caches {
public:
    Caches(Session& session, Generations const& shared) : session_(session), shared_(shared) {}

    // Called before a transaction begins: from here on entries of older generations are not used.
    void begin() {
        for (std::size_t i = 0; i < cached_kinds; ++i) {
            seen_[i] = shared_.of(static_cast<Cached>(i));
        }
        changed_ = 0;
        hit_ = false;
    }
    // This transaction changed rows of that kind: until it ends they are not answered from memory.
    void changed(Cached kind) {
        changed_ |= touched_bit(kind);
        session_.touch(touched_bit(kind));
    }
    // Something was answered from memory since the transaction began.
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

    // Null when it must be read from the session.
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
