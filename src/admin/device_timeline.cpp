// GET /devices/{did}/timeline: what happened to a device, merged from its upgrades and pushes.
#include <algorithm>

#include "admin/answer.h"
#include "admin/devices.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/deliveries_table.h"
#include "ports/devices_table.h"
#include "ports/timelines_table.h"
#include "ports/upgrade_lists_table.h"
#include "text/whole_number.h"
#include "upgrade/cause.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

constexpr std::int64_t timeline_upgrades_max = 50;
constexpr std::int64_t timeline_pushes_max = 500;
constexpr std::size_t event_text_bytes_max = 512;

struct Event {
    Instant at;
    std::string key;  // Orders the events of one moment; unique.
    std::string_view kind;
    std::string text;
    std::optional<UpgradeId> upgrade = {};
    std::optional<WebhookId> push = {};
    std::optional<OrderId> order = {};
};
using Events = std::vector<Event>;

// Digits of the same length, so that the order of texts is that of numbers.
std::string padded(std::int64_t number) {
    auto digits = std::to_string(number);
    constexpr std::size_t width = 12;
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

std::string state_text(TimelineEntry const& entry) {
    auto text = std::string(word(entry.state)) + ", " + std::to_string(entry.progress) + " %";
    if (!entry.text.empty()) (text += ": ") += entry.text;
    return text;
}

// What follows the end are versions that the device reports (upgrade/report_version.h).
Event event_of(TimelineEntry const& entry, upgrade::State before) {
    Event event{.at = entry.at, .key = {}, .kind = "state", .text = {}};
    if (entry.state != before) {
        event.text = state_text(entry);
    } else if (entry.text.empty()) {
        event.kind = "progress";
        event.text = std::to_string(entry.progress) + " %";
    } else {
        event.kind = is_final(entry.state) ? "version" : "report";
        event.text = entry.text;
    }
    event.text = upgrade::tidied(event.text, event_text_bytes_max, upgrade::Breaks::remove);
    return event;
}

void add_course(Events& course, upgrade::Upgrade const& one,
                std::vector<TimelineEntry> const& timeline) {
    auto const key = "u" + padded(one.id.value) + ".";
    for (std::size_t i = 0; i < timeline.size(); ++i) {
        Event event{.at = timeline[i].at, .key = {}, .kind = "order", .text = {}};
        if (i == 0) {
            event.text = one.from_version.value + " to " + one.version.value;
            event.order = one.order_id;
        } else {
            event = event_of(timeline[i], timeline[i - 1].state);
        }
        event.key = key + padded(static_cast<std::int64_t>(i));
        event.upgrade = one.id;
        course.push_back(std::move(event));
    }
}

// The newest upgrades are read first, until page_looks_max entries were read.
Result<void> add_upgrades(Tx const& tx, Did const& did, Events& course) {
    TRY_ASSIGN(
        auto const upgrades,
        tx.upgrade_lists().list({.did = did}, {.after = {}, .limit = timeline_upgrades_max}));
    for (auto const& one : upgrades.items) {
        if (std::ssize(course) >= page_looks_max) break;
        TRY_ASSIGN(auto const timeline, tx.timelines().of(one.id));
        add_course(course, one, timeline);
    }
    return {};
}

Result<void> add_pushes(Tx const& tx, Did const& did, Events& course) {
    TRY_ASSIGN(auto const pushes,
               tx.deliveries().list({.appid = {}, .did = did, .state = {}},
                                    {.after = {}, .limit = timeline_pushes_max}));
    for (auto const& one : pushes.items) {
        course.push_back({.at = one.created_at,
                          .key = "w" + one.webhook_id.value,
                          .kind = "push",
                          .text = std::string(push::wire_word(one.type)) + " to app " +
                                  one.appid.value + ": " + std::string(push::word(one.state)),
                          .push = one.webhook_id});
    }
    return {};
}

bool is_newer(Event const& a, Event const& b) { return a.at != b.at ? a.at > b.at : a.key > b.key; }

// All events, newest first.
Result<Events> events_of(Tx const& tx, Did const& did) {
    TRY_ASSIGN(auto const device, existing(tx.devices().find(did), "device", did.value));
    Events course;
    TRY(add_upgrades(tx, did, course));
    TRY(add_pushes(tx, did, course));
    course.push_back({.at = device.created_at,
                      .key = "e",
                      .kind = "enrolled",
                      .text = "enrolled as " + device.model.value});
    std::ranges::sort(course, is_newer);
    return course;
}

// A cursor is the time and the key of the last event: new events do not move the next page.
Result<Page<Event>> page_of_events(Events course, PageAsk const& ask) {
    auto first = course.begin();
    if (ask.after) {
        auto const dot = std::min(ask.after->find('.'), ask.after->size());
        auto const ms = text::read_whole(ask.after->substr(0, dot));
        if (!ms) return fail(Errc::invalid, "cursor must be the nextCursor of this list");
        Event last;
        last.at = Instant{*ms};
        last.key = ask.after->substr(std::min(dot + 1, ask.after->size()));
        first = std::ranges::upper_bound(course, last, is_newer);
    }
    Page<Event> page;
    auto const count = std::min(ask.limit, static_cast<std::int64_t>(course.end() - first));
    page.items.assign(std::move_iterator(first), std::move_iterator(first + count));
    if (first + count == course.end() || count == 0) return page;
    auto const& last = page.items.back();
    page.next = std::to_string(last.at.ms) + "." + last.key;
    return page;
}

void write_event(json::Writer& writer, Event const& event) {
    writer.object();
    time_member(writer, "at", event.at);
    writer.member("kind", event.kind).member("text", event.text);
    if (event.upgrade) writer.member("upgradeId", event.upgrade->value);
    if (event.push) writer.member("webhookId", event.push->value);
    if (event.order) writer.member("orderId", event.order->value);
    writer.end();
}

}  // namespace

asio::awaitable<Reply> show_device_timeline(Context& context, Request const& request) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto ask = read_page_ask(request, "timeline");
    if (!ask) co_return failure(context, request, ask.error());
    auto list = [did = *std::move(did),
                 ask = *std::move(ask)](Tx const& tx) -> Result<Page<Event>> {
        TRY_ASSIGN(auto course, events_of(tx, did));
        return page_of_events(std::move(course), ask);
    };
    auto const page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return failure(context, request, page.error());
    co_return page_reply(request, *page, "timeline", write_event);
}

}  // namespace updraft::admin
