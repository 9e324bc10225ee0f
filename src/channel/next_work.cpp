#include "channel/next_work.h"

#include "http/on_store.h"
#include "ports/prefetch.h"
#include "staging/take_place.h"
#include "upgrade/gateway_turns.h"
#include "upgrade/report_version.h"
#include "upgrade/start.h"

namespace updraft::channel {
namespace {

// A stored last-seen time is new enough while its age is below 1/20 of the polling interval.
constexpr int fresh_part_of_interval = 20;

Result<NextWork> read_work(Tx const& tx, upgrade::Means const& means, DeviceCall const& call,
                           Instant now) {
    tx.prefetch().active_upgrade_id_of(call.did);
    TRY_ASSIGN(auto const device, authenticate(tx, call));
    TRY_ASSIGN(auto const given, upgrade::hand_out(tx, means, device, now));
    NextWork found;
    TRY_ASSIGN(found.polling, upgrade::polling_of(tx, means, device.model));
    found.task = given.task;
    found.installed = device.installed;
    found.attributes_wanted = device.attributes_wanted;
    found.last_seen = device.last_seen;
    TRY_ASSIGN(found.starts_by_itself,
               staging::would_take_place(tx, means, device, given.upgrade, now));
    if (!given.upgrade && !found.starts_by_itself) {
        TRY_ASSIGN(found.starts_by_itself, upgrade::would_start_by_itself(tx, means, device, now));
    }
    if (given.upgrade) {
        found.id = given.upgrade->id;
        found.upgrade_is_near = true;
        if (upgrade::wants_version(*given.upgrade, found.polling, now)) {
            found.attributes_wanted = true;
        }
    }
    return found;
}

enum class Started : std::uint8_t { nothing, by_rollout, by_policy };

// A rollout comes before the user's policy.
Result<Started> start(Tx& tx, upgrade::Means const& means, Did const& did, Instant now) {
    TRY_ASSIGN(auto const placed, staging::take_place(tx, means, did, now));
    if (placed) return Started::by_rollout;
    TRY_ASSIGN(bool const started, upgrade::start_by_itself(tx, means, did, now));
    return started ? Started::by_policy : Started::nothing;
}

}  // namespace

// What the device would have been given without the start is given when the start fails.
http::asio::awaitable<Result<NextWork>> next_work(Context& context, DeviceCall call, Instant now) {
    auto read = [means = &context.means, call, now](Tx const& tx) {
        return read_work(tx, *means, call, now);
    };
    auto found = co_await http::on_store(context.store, read);
    if (!found || !found->starts_by_itself) co_return found;
    auto start = [means = &context.means, did = call.did, now](Tx& tx) {
        return channel::start(tx, *means, did, now);
    };
    auto const started = co_await http::on_store(context.store, std::move(start));
    if (!started || *started == Started::nothing) co_return found;
    auto const* const rooms = context.means.start_room;
    if (rooms != nullptr && *started == Started::by_rollout) rooms->count_taken();
    co_return co_await http::on_store(context.store, std::move(read));
}

bool is_news(NextWork const& found, Instant now) {
    if (!found.last_seen) return true;
    auto const age = now - *found.last_seen;
    return age < Millis{0} || age >= found.polling / fresh_part_of_interval;
}

void note_presence(Context& context, Did const& did, NextWork const& found, Instant now) {
    if (is_news(found, now)) context.presence.heard(did, now);
}

}  // namespace updraft::channel
