#include "ddi/poll.h"

#include <algorithm>

#include "ddi/identify.h"
#include "ddi/reply.h"
#include "ddi/wording.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "ports/prefetch.h"
#include "upgrade/hand_out.h"
#include "upgrade/turns.h"

namespace updraft::ddi {
namespace {

struct Found {
    upgrade::Task task = upgrade::Task::nothing;
    UpgradeId id;
    std::optional<UpgradeId> installed;
    bool attributes_wanted = false;
    bool upgrade_is_near = false;
    Millis polling{};
    std::optional<Instant> last_seen;
};

// A sign of life that is written down already is as good as this poll for so small a part of the
// interval; a device that asks oftener than it is told to costs no write each time.
constexpr int fresh_part_of_interval = 20;

bool is_news(Found const& found, Instant now) {
    if (!found.last_seen) return true;
    auto const age = now - *found.last_seen;
    return age < Millis{0} || age >= found.polling / fresh_part_of_interval;
}

Result<Found> look(Tx const& tx, upgrade::Means const& means, DeviceCall const& call, Instant now) {
    tx.prefetch().active_upgrade_id_of(call.did);
    TRY_ASSIGN(auto const device, recognised(tx, call));
    TRY_ASSIGN(auto const given, upgrade::hand_out(tx, means, device, now));
    Found found;
    TRY_ASSIGN(found.polling, upgrade::polling_of(tx, means, device.model));
    found.task = given.task;
    found.installed = device.installed;
    found.attributes_wanted = device.attributes_wanted;
    found.last_seen = device.last_seen;
    if (given.upgrade) {
        found.id = given.upgrade->id;
        found.upgrade_is_near = true;
        // The version that it reports is what the upgrade waits for.
        if (given.upgrade->state == upgrade::State::verifying) found.attributes_wanted = true;
    }
    return found;
}

void add_link(json::Writer& writer, std::string_view name, std::string_view href) {
    writer.key(name).object().member("href", href).end();
}

std::string poll_body(http::Request const& request, Found const& found, Did const& did,
                      Instant now) {
    std::string body;
    body.reserve(512);
    json::Writer writer(body);
    auto const sleep = sleep_of(found.polling, found.upgrade_is_near, did, now);
    writer.object().key("config").object().key("polling").object();
    writer.member("sleep", written_sleep(sleep)).end().end();
    writer.key("_links").object();
    if (found.task != upgrade::Task::nothing || found.installed || found.attributes_wanted) {
        auto const base = base_link(request);
        auto const id = std::to_string(found.id.value);
        if (found.task == upgrade::Task::deploy) {
            add_link(writer, "deploymentBase", base + "/deploymentBase/" + id);
        } else if (found.task == upgrade::Task::cancel) {
            add_link(writer, "cancelAction", base + "/cancelAction/" + id);
        }
        if (found.installed) {
            add_link(writer, "installedBase",
                     base + "/installedBase/" + std::to_string(found.installed->value));
        }
        if (found.attributes_wanted) add_link(writer, "configData", base + "/configData");
    }
    writer.end().end();
    return body;
}

}  // namespace

std::chrono::seconds sleep_of(Millis interval, bool upgrade_is_near, Did const& did, Instant now) {
    auto sleep = std::max(std::chrono::duration_cast<std::chrono::seconds>(interval),
                          std::chrono::seconds{1});
    if (upgrade_is_near) sleep = std::min(sleep, near_polling);
    if (sleep < jitter_from) return sleep;
    // splitmix64 over who asks and when: no chance is needed to spread a fleet.
    auto mixed = std::hash<Did>{}(did) + static_cast<std::uint64_t>(now.ms) * 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ mixed >> 30U) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ mixed >> 27U) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31U;
    auto const tenth = sleep.count() / 10;
    auto const offset =
        static_cast<std::int64_t>(mixed % static_cast<std::uint64_t>(2 * tenth + 1));
    return sleep + std::chrono::seconds{offset - tenth};
}

http::asio::awaitable<http::Reply> poll(Context& context, http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return refusal(call.error());
    auto const now = context.clock.now();
    auto const* means = &context.means;
    auto body = [means, call = *call, now](Tx const& tx) { return look(tx, *means, call, now); };
    auto found = co_await http::on_store(context.store, std::move(body));
    if (!found) co_return refusal(found.error());
    if (is_news(*found, now)) context.signs.heard(call->did, now);
    co_return answer(request, poll_body(request, *found, call->did, now));
}

}  // namespace updraft::ddi
