#include "http/address_counts.h"

namespace updraft::http {

std::optional<AddressCounts::Place> AddressCounts::take(std::string_view address) {
    auto const client = text::Address::read(address).value_or(text::Address{}).of_client();
    std::scoped_lock const lock(mutex_);
    auto& open = open_[client];
    if (open >= max_) return std::nullopt;
    ++open;
    return std::optional<Place>(std::in_place, *this, client);
}

void AddressCounts::leave(text::Address const& client) {
    std::scoped_lock const lock(mutex_);
    auto const entry = open_.find(client);
    if (--entry->second == 0) open_.erase(entry);
}

}  // namespace updraft::http
