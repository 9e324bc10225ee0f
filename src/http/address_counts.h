// How many connections each peer address has open.
//
// Lives here: the counts, and the place that each counted connection holds.
//
// Not here:   what happens to a connection above the limit (http/listener.h).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "text/network.h"

namespace updraft::http {

// Safe to use from any thread. An IPv6 peer is counted by its first 64 bits, because one client
// has as many addresses there as it wants.
class AddressCounts {
public:
    // One counted connection. Movable.
    class Place {
    public:
        Place() = default;
        Place(AddressCounts& counts, text::Address const& client)
            : counts_(&counts), client_(client) {}
        Place(Place&& other) noexcept
            : counts_(std::exchange(other.counts_, nullptr)), client_(other.client_) {}
        Place& operator=(Place&& other) noexcept {
            std::swap(counts_, other.counts_);
            std::swap(client_, other.client_);
            return *this;
        }
        ~Place() {
            if (counts_ != nullptr) counts_->leave(client_);
        }

    private:
        AddressCounts* counts_ = nullptr;
        text::Address client_;
    };

    // `max` connections of each address; 0: no limit, and nothing is counted.
    explicit AddressCounts(std::uint64_t max) : max_(max) {}

    [[nodiscard]] bool limited() const { return max_ > 0; }
    // Nothing when the address has `max` connections.
    [[nodiscard]] std::optional<Place> take(std::string_view address);

private:
    void leave(text::Address const& client);

    std::uint64_t max_;
    std::mutex mutex_;
    std::map<text::Address, std::uint64_t> open_;
};

}  // namespace updraft::http
