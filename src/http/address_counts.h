// How many connections each peer address has open.
//
// Lives here: the counts, and the place that each counted connection holds.
//
// Not here:   what happens to a connection above the limit (http/listener.h).
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace updraft::http {

// Safe to use from any thread. An IPv6 peer is counted by its first 64 bits, because one client
// has as many addresses there as it wants.
class AddressCounts {
public:
    // One counted connection. Movable.
    class Place {
    public:
        Place() = default;
        Place(AddressCounts& counts, std::uint64_t key) : counts_(&counts), key_(key) {}
        Place(Place&& other) noexcept
            : counts_(std::exchange(other.counts_, nullptr)), key_(other.key_) {}
        Place& operator=(Place&& other) noexcept {
            std::swap(counts_, other.counts_);
            std::swap(key_, other.key_);
            return *this;
        }
        ~Place() {
            if (counts_ != nullptr) counts_->leave(key_);
        }

    private:
        AddressCounts* counts_ = nullptr;
        std::uint64_t key_ = 0;
    };

    // `max` connections of each address; 0: no limit, and nothing is counted.
    explicit AddressCounts(std::uint64_t max) : max_(max) {}

    [[nodiscard]] bool limited() const { return max_ > 0; }
    // Nothing when the address has `max` connections.
    [[nodiscard]] std::optional<Place> take(std::string_view address);

private:
    void leave(std::uint64_t key);

    std::uint64_t max_;
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::uint64_t> open_;
};

}  // namespace updraft::http
