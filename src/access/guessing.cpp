#include "access/guessing.h"

#include "text/network.h"

namespace updraft::access {

std::string failure_key(std::string_view address) {
    auto const read = text::Address::read(address);
    if (!read) return std::string(address);
    auto const client = read->of_client().written();
    return read->v4() ? client : client + "/64";
}

Millis Guessing::refused(Door door, Refused reason, std::string_view address, Instant now) {
    counts_[static_cast<std::size_t>(door)][static_cast<std::size_t>(reason)].fetch_add(
        1, std::memory_order_relaxed);
    if (reason == Refused::expired) return Millis{0};
    return by_address_.failed(failure_key(address), now);
}

Millis Guessing::unknown_did(AppId const& appid, Instant now) {
    unknown_dids_.fetch_add(1, std::memory_order_relaxed);
    return by_app_.failed(appid.value, now);
}

Guessing::Counts Guessing::counts() const {
    Counts counts{};
    for (std::size_t door = 0; door < counts.size(); ++door) {
        for (std::size_t reason = 0; reason < counts[door].size(); ++reason) {
            counts[door][reason] = counts_[door][reason].load(std::memory_order_relaxed);
        }
    }
    return counts;
}

}  // namespace updraft::access
