#include "upgrade/gateway_turns.h"

#include <algorithm>
#include <tuple>

#include "fleet/gateway.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/lifecycle.h"

namespace updraft::upgrade {
namespace {

// Active upgrades of one gateway's sub-devices that are read; more than any real gateway has.
constexpr std::int64_t family_max = 10'000;

Result<bool> is_awake(Tx const& tx, Means const& means, Did const& did, ModelName const& model,
                      std::optional<Instant> stored, Instant now) {
    auto const sign = last_sign(means.presence, did, stored);
    if (!sign) return false;
    TRY_ASSIGN(auto const polling, polling_of(tx, means, model));
    return now - *sign <= fleet::silent_after_intervals * polling;
}

// Adds the gateway's own upgrade, if it has one, to the family.
Result<void> add_gateway(Tx const& tx, Means const& means, Did const& gateway, UpgradeId mine,
                         Instant now, Family& family) {
    TRY_ASSIGN(auto const own, tx.upgrades().active_of(gateway));
    if (!own) return {};
    if (is_running(own->state)) {
        family.gateway_runs = true;
        return {};
    }
    auto awake = own->id == mine;
    if (!awake) {
        auto const device = tx.devices().find(gateway);
        auto const stored = device ? device->last_seen : std::nullopt;
        TRY_ASSIGN(awake, is_awake(tx, means, gateway, own->model, stored, now));
    }
    if (awake) family.waiting.push_back({own->id, own->created_at, true});
    return {};
}

Result<Family> family_with(Tx const& tx, Means const& means, Did const& gateway, UpgradeId mine,
                           Instant now) {
    Family family;
    TRY_ASSIGN(auto const members, tx.upgrades().hanging_on(gateway, family_max));
    for (auto const& member : members) {
        if (is_running(member.state)) {
            ++family.running;
            continue;
        }
        auto awake = member.id == mine;
        if (!awake) {
            TRY_ASSIGN(awake, is_awake(tx, means, member.did, member.model, member.last_seen, now));
        }
        if (awake) family.waiting.push_back({member.id, member.created_at, false});
    }
    TRY(add_gateway(tx, means, gateway, mine, now, family));
    return family;
}

}  // namespace

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

Result<std::optional<Reason>> GatewayTurns::held_back(Tx const& tx, fleet::Device const& device,
                                                      Upgrade const& upgrade, Instant now) const {
    TRY_ASSIGN(auto family, family_with(tx, means_, fleet::family_of(device), upgrade.id, now));
    if (is_its_turn(std::move(family), upgrade.id, means_.limits.concurrent_per_gateway_max)) {
        return std::nullopt;
    }
    return Reason::gateway_turn;
}

}  // namespace updraft::upgrade
