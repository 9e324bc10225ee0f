#include "push/announce.h"

#include <algorithm>
#include <map>

#include "firmware/offer.h"
#include "ports/announcements_table.h"
#include "ports/apps_table.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "ports/outbox_table.h"
#include "ports/releases_table.h"
#include "push/receiver.h"
#include "vocabulary/if_found.h"

namespace updraft::push {
namespace {

constexpr std::int64_t walks_max = 10'000;
constexpr std::int64_t apps_per_page = 500;

// Some devices of one model, for apps whose walks are at the same position.
struct Step {
    Announced outcome = Announced::nothing;
    std::optional<Version> withdrawn;  // The version, when the release was withdrawn.
    std::vector<Walk> walks;
    std::vector<Did> dids;            // Devices that one of the apps may have to be told of.
    std::optional<std::string> next;  // Where the list continues; absent at its end.
};

bool is_withdrawn(firmware::Release const& release) {
    return release.state == firmware::ReleaseState::withdrawn;
}

Result<void> begin_opened(Tx& tx) {
    TRY_ASSIGN(auto const opened, tx.announcements().opened(16));
    if (opened.empty()) return {};
    std::vector<AppId> of_releases;
    std::vector<AppId> of_withdrawals;  // These may have to be told of an older release again.
    PageAsk ask{.after = {}, .limit = apps_per_page};
    do {
        TRY_ASSIGN(auto page, tx.apps().list(ask));
        for (auto const& app : page.items) {
            bool const of_new = listens(app, MsgType::new_firmware);
            if (of_new) of_releases.push_back(app.appid);
            if (of_new || listens(app, MsgType::withdrawn)) of_withdrawals.push_back(app.appid);
        }
        ask.after = std::move(page.next);
    } while (ask.after);
    for (auto const& announcement : opened) {
        TRY_ASSIGN(auto const release, tx.releases().find(announcement.release));
        TRY(tx.announcements().begin(announcement,
                                     is_withdrawn(release) ? of_withdrawals : of_releases));
    }
    return {};
}

// The walks that may continue, of the first release and position. Walks at the same position are
// advanced together, so that the devices are read once for all these apps.
Result<Step> choose(Tx const& tx, AnnounceRules const& rules) {
    Step step;
    TRY_ASSIGN(auto const walks, tx.announcements().walks(walks_max));
    std::map<AppId, bool> full;
    for (auto const& walk : walks) {
        step.outcome = Announced::waiting;
        if (!full.contains(walk.appid)) {
            auto const max = rules.waiting_notices_max;
            TRY_ASSIGN(auto const waiting, tx.outbox().waiting_notices(walk.appid, max));
            full[walk.appid] = waiting >= max;
        }
        if (full[walk.appid]) continue;
        if (!step.walks.empty() && (walk.release != step.walks.front().release ||
                                    walk.after != step.walks.front().after)) {
            break;
        }
        step.walks.push_back(walk);
    }
    if (!step.walks.empty()) step.outcome = Announced::some;
    return step;
}

// True when one of those apps may have to be told of the device. A cheap filter: the write
// transaction checks again.
Result<bool> concerns(Tx const& tx, Step const& step, fleet::Device const& device,
                      firmware::Catalog const& catalog) {
    if (!device.open_id) return false;
    TRY_ASSIGN(auto const* const release, firmware::announced_offer(tx, catalog, device));
    if (!step.withdrawn && release == nullptr) return false;
    TRY_ASSIGN(auto const granted, tx.grants().apps_of(*device.open_id));
    for (auto const& walk : step.walks) {
        if (std::ranges::find(granted, walk.appid) == granted.end()) continue;
        auto const told = [&](Version const& version) {
            return tx.announcements().told(walk.appid, device.did, version);
        };
        // A withdrawal is told to who was told of the release; a release, to who was not.
        if (step.withdrawn) {
            TRY_ASSIGN(bool const told_of_it, told(*step.withdrawn));
            if (told_of_it) return true;
        }
        if (release == nullptr) continue;
        TRY_ASSIGN(bool const told_of_offer, told(release->version));
        if (!told_of_offer) return true;
    }
    return false;
}

Result<Step> look_ahead(Tx const& tx, AnnounceRules const& rules) {
    TRY_ASSIGN(auto step, choose(tx, rules));
    if (step.walks.empty()) return step;
    auto const& first = step.walks.front();
    TRY_ASSIGN(auto const release, tx.releases().find(first.release));
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(first.model));
    if (is_withdrawn(release)) {
        step.withdrawn = release.version;
    } else if (!catalog->model.upgradable) {
        return step;  // Without `next`, which ends the walks.
    }
    DeviceFilter const filter{.model = first.model, .open_id = {}, .gateway_did = {}};
    PageAsk ask{.after = {}, .limit = rules.devices_per_step};
    if (!first.after.empty()) ask.after = first.after;
    TRY_ASSIGN(auto const page, tx.devices().list(filter, ask));
    for (auto const& device : page.items) {
        TRY_ASSIGN(bool const wanted, concerns(tx, step, device, *catalog));
        if (wanted) step.dids.push_back(device.did);
    }
    step.next = page.next;
    return step;
}

Result<void> carry_out(Tx& tx, Outbox const& outbox, Step const& step, Instant now) {
    for (auto const& did : step.dids) {
        TRY_ASSIGN(auto const device, if_found(tx.devices().find(did)));
        if (!device) continue;
        // An app that was removed meanwhile is told nothing.
        for (auto const& walk : step.walks) {
            if (step.withdrawn) {
                TRY(if_found(
                    outbox.tell_withdrawal_to(tx, walk.appid, *device, *step.withdrawn, now)));
            }
            TRY(if_found(outbox.tell_offer_to(tx, walk.appid, *device, now)));
        }
    }
    for (auto const& walk : step.walks) {
        TRY(step.next ? tx.announcements().advance(walk, *step.next)
                      : tx.announcements().finish(walk));
    }
    return {};
}

}  // namespace

Result<Announced> announce_step(Store& store, Outbox const& outbox, AnnounceRules const& rules,
                                Instant now) {
    TRY_ASSIGN(auto const opened,
               read(store, [](Tx const& tx) { return tx.announcements().opened(1); }));
    if (!opened.empty()) TRY(write(store, [](Tx& tx) { return begin_opened(tx); }));

    TRY_ASSIGN(auto const step, read(store, [&](Tx const& tx) { return look_ahead(tx, rules); }));
    if (step.walks.empty()) return step.outcome;
    TRY(write(store, [&](Tx& tx) { return carry_out(tx, outbox, step, now); }));
    return step.outcome;
}

}  // namespace updraft::push
