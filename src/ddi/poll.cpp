#include "ddi/poll.h"

#include <algorithm>

#include "channel/next_work.h"
#include "ddi/identify.h"
#include "ddi/reply.h"
#include "ddi/wording.h"
#include "json/writer.h"

namespace updraft::ddi {
namespace {

void add_link(json::Writer& writer, std::string_view name, std::string_view href) {
    writer.key(name).object().member("href", href).end();
}

std::string poll_body(http::Request const& request, channel::NextWork const& found, Did const& did,
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
    // splitmix64 of did and time distributes the devices evenly without random numbers.
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
    auto const now = context.channel.clock.now();
    auto const found = co_await channel::next_work(context.channel, *call, now);
    if (!found) co_return failure(context, request, found.error());
    channel::note_presence(context.channel, call->did, *found, now);
    co_return answer(request, poll_body(request, *found, call->did, now));
}

}  // namespace updraft::ddi
