// The memory that request bodies of all connections may take together.
//
// Lives here: the budget, and the share of one connection.
//
// Not here:   the bytes themselves (http/connection.h), the largest body of a route
//             (http/router.h).
#pragma once

#include <atomic>
#include <cstdint>

namespace updraft::http {

// Safe to use from any thread.
class BodyMemory {
public:
    explicit BodyMemory(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

    [[nodiscard]] bool take(std::uint64_t bytes) {
        auto const before = taken_.fetch_add(bytes, std::memory_order_relaxed);
        if (before + bytes <= bytes_max_) return true;
        give_back(bytes);
        return false;
    }
    void give_back(std::uint64_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

private:
    std::uint64_t bytes_max_;
    std::atomic<std::uint64_t> taken_ = 0;
};

// What one connection has taken. Given back by clear() and by the destructor.
class BodyShare {
public:
    explicit BodyShare(BodyMemory& memory) : memory_(memory) {}
    ~BodyShare() { clear(); }
    BodyShare(BodyShare const&) = delete;
    BodyShare& operator=(BodyShare const&) = delete;

    // Takes what is missing to `bytes`. False when the budget is used up.
    [[nodiscard]] bool grow_to(std::uint64_t bytes) {
        if (bytes <= bytes_) return true;
        if (!memory_.take(bytes - bytes_)) return false;
        bytes_ = bytes;
        return true;
    }
    void clear() {
        if (bytes_ == 0) return;
        memory_.give_back(bytes_);
        bytes_ = 0;
    }

private:
    BodyMemory& memory_;
    std::uint64_t bytes_ = 0;
};

}  // namespace updraft::http
