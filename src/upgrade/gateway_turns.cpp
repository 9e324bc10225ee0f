#include "upgrade/gateway_turns.h"

#include <algorithm>
#include <tuple>

#include "ports/releases_table.h"

namespace updraft::upgrade {

bool is_its_turn(Family family, UpgradeId id, std::int64_t concurrent_max) {
    if (family.gateway_runs) return false;
    std::ranges::sort(family.waiting, {}, [](Waiting const& one) {
        return std::tuple(one.created_at, !one.of_the_gateway, one.id);
    });
    for (auto const& next : family.waiting) {
        if (next.of_the_gateway) return next.id == id && family.running == 0;
        if (family.running >= concurrent_max) return false;
        if (next.id == id) return true;
        ++family.running;
    }
    return false;
}

Result<Millis> polling_of(Tx const& tx, Means const& means, ModelName const& model) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(model));
    auto const seconds = catalog->model.polling_seconds;
    return seconds ? Millis{std::chrono::seconds{*seconds}} : means.polling;
}

}  // namespace updraft::upgrade
