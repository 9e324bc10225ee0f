#include "usecases/hold.h"

#include <set>

#include "audit/record.h"
#include "firmware/publish.h"
#include "ports/holds_table.h"
#include "ports/releases_table.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

constexpr std::int64_t releases_per_page = 500;

// Apps were told nothing of what was held. One announcement for each model is enough: it walks over
// the devices of the model and tells what each of them is offered.
Result<void> announce_models(Tx& tx, firmware::Hold const& lifted, Instant now) {
    if (lifted.model) return firmware::announce_again(tx, *lifted.model, now);
    if (lifted.release) {
        TRY_ASSIGN(auto const release, if_found(tx.releases().find(*lifted.release)));
        return release ? firmware::announce_again(tx, release->model, now) : Result<void>{};
    }
    std::set<ModelName> announced;
    ReleaseFilter const filter{.model = {}, .state = firmware::ReleaseState::released};
    PageAsk ask{.after = {}, .limit = releases_per_page};
    do {
        TRY_ASSIGN(auto page, tx.releases().list(filter, ask));
        for (auto const& release : page.items) {
            if (!announced.insert(release.model).second) continue;
            TRY(firmware::announce_again(tx, release.model, now));
        }
        ask.after = std::move(page.next);
    } while (ask.after);
    return {};
}

}  // namespace

Result<firmware::Hold> place_hold(Tx& tx, access::Actor const& actor, HoldToPlace const& wanted,
                                  Instant now) {
    if (wanted.release) {
        TRY_ASSIGN(auto const release, if_found(tx.releases().find(*wanted.release)));
        if (!release) return fail(Errc::invalid, "firmwareId does not name a firmware");
        if (wanted.model && release->model != *wanted.model) {
            return fail(Errc::invalid, "firmwareId names a firmware of another deviceModel");
        }
    }
    firmware::Hold hold{.id = {},
                        .model = wanted.model,
                        .release = wanted.release,
                        .note = wanted.note,
                        .by = actor.name,
                        .created_at = now};
    TRY_ASSIGN(hold.id, tx.holds().insert(hold));
    audit::Changes changes;
    changes.add("deviceModel", nullptr, hold.model);
    if (hold.release) changes.add("firmwareId", nullptr, std::to_string(hold.release->value));
    TRY(audit::record(tx, actor,
                      {.object_kind = "hold",
                       .object_id = std::to_string(hold.id.value),
                       .changes = std::move(changes),
                       .note = hold.note},
                      now));
    return hold;
}

Result<void> lift_hold(Tx& tx, access::Actor const& actor, HoldId id, Instant now) {
    auto const name = std::to_string(id.value);
    TRY_ASSIGN(auto const lifted, existing(tx.holds().find(id), "hold", name));
    TRY(tx.holds().remove(id));
    TRY(audit::record(tx, actor, {.object_kind = "hold", .object_id = name}, now));
    return announce_models(tx, lifted, now);
}

}  // namespace updraft::usecases
