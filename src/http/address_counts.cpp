#include "http/address_counts.h"

#include "text/network.h"

namespace updraft::http {
namespace {

// An IPv4 address, or the first 64 bits of an IPv6 one. No IPv6 network of the internet begins with
// the 32 zero bits of the former.
std::uint64_t key_of(std::string_view address) {
    auto const read = text::Address::read(address);
    if (!read) return 0;
    if (auto const four = read->v4()) return *four;
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < 8; ++i) key = key << 8U | read->bytes[i];
    return key;
}

}  // namespace

std::optional<AddressCounts::Place> AddressCounts::take(std::string_view address) {
    auto const key = key_of(address);
    std::scoped_lock const lock(mutex_);
    auto& open = open_[key];
    if (open >= max_) return std::nullopt;
    ++open;
    return std::optional<Place>(std::in_place, *this, key);
}

void AddressCounts::leave(std::uint64_t key) {
    std::scoped_lock const lock(mutex_);
    auto const entry = open_.find(key);
    if (--entry->second == 0) open_.erase(entry);
}

}  // namespace updraft::http
