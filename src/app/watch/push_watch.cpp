#include "app/watch/push_watch.h"

#include <utility>

#include "ports/apps_table.h"
#include "ports/outbox_table.h"

namespace updraft::app {
namespace {

using access::PushState;

constexpr std::int64_t apps_per_page = 500;
constexpr std::int64_t waiting_apps_max = 1'000;
constexpr std::int64_t heads_max = 100;
constexpr Millis worrying_age = std::chrono::minutes{1};

Result<void> count_receivers(Tx const& tx, PushSight& sight) {
    PageAsk ask{.after = {}, .limit = apps_per_page};
    do {
        TRY_ASSIGN(auto page, tx.apps().list(ask));
        for (auto const& app : page.items) {
            if (!app.disabled) ++sight.receivers[static_cast<std::size_t>(app.push_state)];
        }
        ask.after = std::move(page.next);
    } while (ask.after);
    return {};
}

Result<void> find_oldest(Tx const& tx, PushSight& sight) {
    TRY_ASSIGN(auto const apps, tx.outbox().apps_waiting({}, waiting_apps_max));
    TRY_ASSIGN(sight.oldest_result, tx.outbox().oldest_waiting(apps, heads_max));
    return {};
}

std::string counted(std::int64_t count, std::string_view what) {
    return std::to_string(count) + " push URL" + (count == 1 ? " " : "s ") + std::string(what);
}

}  // namespace

std::string push_hint(PushSight const& sight, Instant now) {
    std::string hint;
    auto const say = [&](std::string const& sentence) {
        if (!hint.empty()) hint += "; ";
        hint += sentence;
    };
    if (auto const count = sight.in(PushState::suspended)) say(counted(count, "suspended"));
    if (auto const count = sight.in(PushState::failed)) say(counted(count, "not verified"));
    if (sight.oldest_result && now - *sight.oldest_result >= worrying_age) {
        auto const age =
            std::chrono::duration_cast<std::chrono::seconds>(now - *sight.oldest_result);
        say("the oldest undelivered result waits for " + std::to_string(age.count()) + " s");
    }
    return hint;
}

Result<void> PushWatch::look(Store& store) {
    TRY_ASSIGN(auto const sight, read(store, [](Tx const& tx) -> Result<PushSight> {
                   PushSight seen;
                   TRY(count_receivers(tx, seen));
                   TRY(find_oldest(tx, seen));
                   return seen;
               }));
    std::scoped_lock const lock(mutex_);
    sight_ = sight;
    return {};
}

PushSight PushWatch::sight() const {
    std::scoped_lock const lock(mutex_);
    return sight_;
}

}  // namespace updraft::app
