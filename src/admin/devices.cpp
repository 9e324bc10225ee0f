#include "admin/devices.h"

#include <set>

#include "admin/answer.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "admin/reading.h"
#include "fleet/contact.h"
#include "fleet/tag.h"
#include "http/on_store.h"
#include "ports/devices_table.h"
#include "ports/prefetch.h"
#include "ports/upgrades_table.h"
#include "upgrade/gateway_turns.h"
#include "upgrade/presence.h"
#include "upgrade/report_version.h"
#include "usecases/change_device.h"
#include "usecases/device_consequences.h"
#include "usecases/enroll_devices.h"
#include "usecases/refresh_device.h"
#include "usecases/remove_device.h"
#include "usecases/renew_device_token.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

struct Shown {
    fleet::Device device;
    fleet::Attributes attributes;
    std::optional<UpgradeId> active;
    std::optional<upgrade::Fallback> fallback = {};  // Only for a single device, not in lists.
};

Result<Shown> shown(Tx const& tx, Context const& context, fleet::Device device) {
    Shown all;
    // A last-seen time from before the creation belongs to an earlier device with the same did.
    auto const sign =
        upgrade::last_sign(context.means.upgrades.presence, device.did, device.last_seen);
    if (sign >= device.created_at) device.last_seen = sign;
    TRY_ASSIGN(all.attributes, tx.devices().attributes(device.did));
    TRY_ASSIGN(all.active, tx.upgrades().active_id_of(device.did));
    all.device = std::move(device);
    return all;
}

void write_members(json::Writer& writer, Shown const& all) {
    auto const& device = all.device;
    writer.member("did", device.did.value);
    text_or_null(writer, "name", device.name);
    writer.member("deviceModel", device.model.value);
    writer.member("firmwareVersion", device.version.value);
    name_or_null(writer, "openId", device.open_id);
    name_or_null(writer, "gatewayDid", device.gateway_did);
    time_member(writer, "lastSeen", device.last_seen);
    writer.key("attributes").object();
    for (auto const& [key, value] : all.attributes) writer.member(key, value);
    writer.end();
    writer.key("activeUpgradeId");
    if (all.active) {
        writer.value(all.active->value);
    } else {
        writer.null();
    }
    text_or_null(writer, "offersAfter",
                 device.offers_after ? std::to_string(device.offers_after->value) : "");
    writer.key("tags").array();
    for (auto const& tag : device.tags) writer.value(tag);
    writer.end();
    time_member(writer, "createdAt", device.created_at);
    if (!all.fallback) return;
    writer.key("fallback").object();
    time_member(writer, "at", all.fallback->at);
    writer.member("upgradeId", all.fallback->upgrade.value)
        .member("firmwareVersion", all.fallback->from.value)
        .end();
}

void write_device(json::Writer& writer, Shown const& all) {
    writer.object();
    write_members(writer, all);
    writer.end();
}

std::string device_body(Shown const& all, std::optional<Secret> const& token = std::nullopt) {
    std::string body;
    json::Writer writer(body);
    writer.object();
    write_members(writer, all);
    if (token) writer.member("deviceToken", token->reveal());
    writer.end();
    return body;
}

Result<std::optional<Secret>> chosen_token(json::Object const& said) {
    TRY_ASSIGN(auto text, json::text_member(said, "deviceToken"));
    if (!text) return std::nullopt;
    TRY_ASSIGN(auto token, fleet::read_device_token(*text));
    return token;
}

// Sorted. Nothing when absent; an empty list when `null`.
Result<std::optional<std::vector<std::string>>> read_tags(json::Object const& said) {
    TRY_ASSIGN(auto const* const list, json::array_member(said, "tags"));
    std::set<std::string> tags;
    if (list == nullptr && !given_null(said, "tags")) return std::nullopt;
    for (auto const& entry : list == nullptr ? json::Array() : *list) {
        if (entry.string() == nullptr || !fleet::is_tag(*entry.string())) {
            return fail(Errc::invalid, "tags may hold words of 1 to " +
                                           std::to_string(fleet::tag_bytes_max) +
                                           " characters of a-z, 0-9, _, . and - only");
        }
        tags.insert(*entry.string());
    }
    if (tags.size() > fleet::tags_max) {
        return fail(Errc::invalid,
                    "tags has more than " + std::to_string(fleet::tags_max) + " words");
    }
    return std::vector<std::string>(tags.begin(), tags.end());
}

Result<fleet::DeviceChange> read_change(json::Object const& said, Did did) {
    fleet::DeviceChange change;
    change.did = std::move(did);
    TRY(refuse_null(said, "deviceModel"));
    TRY(refuse_null(said, "firmwareVersion"));
    TRY(refuse_null(said, "deviceToken"));
    TRY_ASSIGN(change.name, optional_title(said, "name", fleet::device_name_bytes_max));
    if (given_null(said, "name")) change.name = "";
    TRY_ASSIGN(change.model, optional_name<ModelName>(said, "deviceModel"));
    TRY_ASSIGN(change.version, optional_name<Version>(said, "firmwareVersion"));
    TRY_ASSIGN(auto const open_id, optional_name<OpenId>(said, "openId"));
    if (open_id || given_null(said, "openId")) change.open_id = open_id;
    TRY_ASSIGN(auto const gateway_did, optional_name<Did>(said, "gatewayDid"));
    if (gateway_did || given_null(said, "gatewayDid")) change.gateway_did = gateway_did;
    TRY_ASSIGN(change.token, chosen_token(said));
    TRY_ASSIGN(change.tags, read_tags(said));
    change.forget_way_back = given_null(said, "offersAfter");
    TRY_ASSIGN(auto const* const way_back, said.find("offersAfter"));
    if (way_back != nullptr) return fail(Errc::invalid, "offersAfter can only be set to null");
    return change;
}

struct Written {
    Shown shown;
    std::optional<Secret> token;
};

// What the query string of a list asks for.
struct Wanted {
    DeviceFilter filter;
    std::optional<fleet::Contact> seen;
    Instant now;
};

// The condition `seen`, with the signs of life that are not in the store yet.
Result<bool> has_contact(Tx const& tx, Context const& context, Wanted const& wanted,
                         fleet::Device const& device) {
    auto const& means = context.means.upgrades;
    TRY_ASSIGN(auto const polling, upgrade::polling_of(tx, means, device.model));
    auto const sign = upgrade::last_sign(means.presence, device.did, device.last_seen);
    return fleet::contact_of(sign, polling, wanted.now) == *wanted.seen;
}

Result<Page<Shown>> page_of(Tx const& tx, Context const& context, Wanted const& wanted,
                            PageAsk const& ask) {
    auto filter = wanted.filter;
    if (wanted.seen) {
        filter.also = [&](fleet::Device const& device) {
            return has_contact(tx, context, wanted, device);
        };
    }
    TRY_ASSIGN(auto found, tx.devices().list(filter, ask));
    Page<Shown> page;
    page.next = std::move(found.next);
    page.looked = found.looked;
    for (auto const& device : found.items) {
        tx.prefetch().attributes(device.did);
        tx.prefetch().active_upgrade_id_of(device.did);
    }
    for (auto& device : found.items) {
        TRY_ASSIGN(auto all, shown(tx, context, std::move(device)));
        page.items.push_back(std::move(all));
    }
    return page;
}

Wanted read_wanted(Request const& request, Instant now) {
    Wanted wanted;
    wanted.filter.model = name_parameter<ModelName>(request, "model");
    wanted.filter.open_id = name_parameter<OpenId>(request, "openId");
    wanted.filter.gateway_did = name_parameter<Did>(request, "gatewayDid");
    wanted.filter.version = name_parameter<Version>(request, "version");
    wanted.filter.tag = text_parameter(request, "tag");
    wanted.filter.did_prefix = text_parameter(request, "q").value_or("");
    wanted.filter.active = truth_parameter(request, "active");
    wanted.seen = word_parameter<fleet::Contact>(request, "seen", fleet::contact_words);
    wanted.now = now;
    return wanted;
}

}  // namespace

Result<fleet::Enrolment> read_enrolment(json::Object const& said, Did did) {
    fleet::Enrolment wanted;
    wanted.did = std::move(did);
    TRY_ASSIGN(auto name, optional_title(said, "name", fleet::device_name_bytes_max));
    wanted.name = std::move(name).value_or("");
    TRY_ASSIGN(wanted.model, needed_name<ModelName>(said, "deviceModel"));
    TRY_ASSIGN(wanted.version, needed_name<Version>(said, "firmwareVersion"));
    TRY_ASSIGN(wanted.open_id, optional_name<OpenId>(said, "openId"));
    TRY_ASSIGN(wanted.gateway_did, optional_name<Did>(said, "gatewayDid"));
    TRY_ASSIGN(wanted.token, chosen_token(said));
    TRY_ASSIGN(auto tags, read_tags(said));
    wanted.tags = std::move(tags).value_or(std::vector<std::string>{});
    return wanted;
}

asio::awaitable<Reply> put_device(Context& context, Request const& request, Actor const& actor,
                                  json::Object body) {
    auto did = new_path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto wanted = read_enrolment(body, *did);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto put = [&context, actor, wanted = *std::move(wanted), now](Tx& tx) -> Result<Written> {
        TRY_ASSIGN(auto all,
                   usecases::enroll_devices(tx, context.means, actor, std::span(&wanted, 1), now));
        TRY_ASSIGN(auto enrolled, std::move(all.front()));
        TRY(usecases::record_device(tx, actor, enrolled.became, enrolled.upgrade_ended, now));
        Written done;
        TRY_ASSIGN(done.shown, shown(tx, context, std::move(enrolled.became.after)));
        done.token = std::move(enrolled.token);
        return done;
    };
    auto const done = co_await http::on_store(context.store, std::move(put));
    if (!done) co_return failure(context, request, done.error());
    co_return json_reply(done->token ? 201 : 200, device_body(done->shown, done->token));
}

asio::awaitable<Reply> change_device(Context& context, Request const& request, Actor const& actor,
                                     json::Object body) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto wanted = read_change(body, *did);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto change = [&context, actor, wanted = *std::move(wanted), now](Tx& tx) -> Result<Shown> {
        TRY_ASSIGN(auto changed, usecases::change_device(tx, context.means, actor, wanted, now));
        return shown(tx, context, std::move(changed));
    };
    auto const done = co_await http::on_store(context.store, std::move(change));
    if (!done) co_return failure(context, request, done.error());
    co_return json_reply(200, device_body(*done));
}

asio::awaitable<Reply> list_devices(Context& context, Request const& request) {
    auto wanted = read_wanted(request, context.clock.now());
    auto ask = read_page_ask(request, "devices");
    if (!ask) co_return failure(context, request, ask.error());
    PageCalls<Shown> calls;
    calls.read = [&context, wanted = std::move(wanted)](Tx const& tx, PageAsk const& part) {
        return page_of(tx, context, wanted, part);
    };
    calls.write = write_device;
    co_return co_await send_page(context, request, "devices", *std::move(ask), std::move(calls));
}

asio::awaitable<Reply> show_device(Context& context, Request const& request) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto show = [&context, did = *std::move(did)](Tx const& tx) -> Result<Shown> {
        TRY_ASSIGN(auto device, existing(tx.devices().find(did), "device", did.value));
        TRY_ASSIGN(auto all, shown(tx, context, std::move(device)));
        TRY_ASSIGN(all.fallback, upgrade::fallback_of(tx, all.device));
        return all;
    };
    auto const found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return failure(context, request, found.error());
    co_return json_reply(200, device_body(*found));
}

asio::awaitable<Reply> remove_device(Context& context, Request const& request, Actor const& actor) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto const now = context.clock.now();
    auto remove = [&context, actor, did = *std::move(did), now](Tx& tx) {
        return usecases::remove_device(tx, context.means, actor, did, now);
    };
    auto const removed = co_await http::on_store(context.store, std::move(remove));
    if (!removed) co_return failure(context, request, removed.error());
    co_return no_content();
}

asio::awaitable<Reply> refresh_device(Context& context, Request const& request,
                                      Actor const& actor) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto const now = context.clock.now();
    auto refresh = [&context, actor, did = *std::move(did), now](Tx& tx) -> Result<Shown> {
        TRY_ASSIGN(auto device, usecases::refresh_device(tx, actor, did, now));
        return shown(tx, context, std::move(device));
    };
    auto const done = co_await http::on_store(context.store, std::move(refresh));
    if (!done) co_return failure(context, request, done.error());
    co_return json_reply(202, device_body(*done));
}

asio::awaitable<Reply> renew_device_token(Context& context, Request const& request,
                                          Actor const& actor) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto const now = context.clock.now();
    auto renew = [&context, actor, did = *did, now](Tx& tx) {
        return usecases::renew_device_token(tx, context.id_source, actor, did, now);
    };
    auto const token = co_await http::on_store(context.store, std::move(renew));
    if (!token) co_return failure(context, request, token.error());
    std::string body;
    json::Writer writer(body);
    writer.object().member("did", did->value).member("deviceToken", token->reveal()).end();
    co_return json_reply(200, std::move(body));
}

}  // namespace updraft::admin
