#include "policy/effective.h"

#include <algorithm>
#include <array>

namespace updraft::policy {
namespace {

// Fills in what is empty yet.
void inherit(Effective& found, Policy const& from, Source source) {
    if (found.auto_upgrade.empty() && !from.auto_upgrade.empty()) {
        found.auto_upgrade = from.auto_upgrade;
        found.source = source;
    }
    if (found.upgrade_hours.empty()) found.upgrade_hours = from.upgrade_hours;
    if (found.time_zone.empty()) found.time_zone = from.time_zone;
    found.changed_at = std::max(found.changed_at, from.changed_at);
}

}  // namespace

std::string_view word(Source source) {
    static constexpr std::array<std::string_view, 3> words{"device", "user", "system"};
    return words[static_cast<std::size_t>(source)];
}

Effective effective(OfUser const& all, Did const& did, std::string_view default_zone) {
    Effective found;
    auto const own = did.empty() ? all.devices.end() : all.devices.find(did);
    if (own != all.devices.end()) inherit(found, own->second, Source::device);
    if (all.user) inherit(found, *all.user, Source::user);
    if (found.time_zone.empty()) found.time_zone = default_zone;
    return found;
}

}  // namespace updraft::policy
