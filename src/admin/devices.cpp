#include "admin/devices.h"

#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/announcements_table.h"
#include "ports/devices_table.h"
#include "ports/models_table.h"
#include "ports/prefetch.h"
#include "ports/upgrades_table.h"
#include "upgrade/cancel.h"
#include "upgrade/order.h"
#include "upgrade/report_version.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

struct Shown {
    fleet::Device device;
    fleet::Attributes attributes;
    std::optional<UpgradeId> active;
    std::optional<upgrade::Fallback> fallback = {};  // Looked for where a device is shown alone.
};

Result<Shown> shown(Tx const& tx, Context const& context, fleet::Device device) {
    Shown all;
    // What was heard of a device of that name before this one was made is not its own.
    auto const sign = upgrade::last_sign(context.means.presence, device.did, device.last_seen);
    if (sign >= device.created_at) device.last_seen = sign;
    TRY_ASSIGN(all.attributes, tx.devices().attributes(device.did));
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(device.did));
    if (active) all.active = active->id;
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

std::string body_of(Shown const& all, std::optional<Secret> const& token = std::nullopt) {
    std::string body;
    json::Writer writer(body);
    writer.object();
    write_members(writer, all);
    if (token) writer.member("deviceToken", token->reveal());
    writer.end();
    return body;
}

Result<fleet::DeviceChange> read_change(json::Object const& said) {
    fleet::DeviceChange change;
    TRY(refuse_null(said, "deviceModel"));
    TRY(refuse_null(said, "firmwareVersion"));
    TRY_ASSIGN(change.name, optional_text(said, "name", fleet::device_name_bytes_max));
    if (given_null(said, "name")) change.name = "";
    TRY_ASSIGN(change.model, optional_name<ModelName>(said, "deviceModel"));
    TRY_ASSIGN(change.version, optional_name<Version>(said, "firmwareVersion"));
    TRY_ASSIGN(auto const open_id, optional_name<OpenId>(said, "openId"));
    if (open_id || given_null(said, "openId")) change.open_id = open_id;
    TRY_ASSIGN(auto const gateway_did, optional_name<Did>(said, "gatewayDid"));
    if (gateway_did || given_null(said, "gatewayDid")) change.gateway_did = gateway_did;
    return change;
}

fleet::LeavesUser ends_upgrade(Context const& context, Instant now) {
    return [&context, now](Tx& tx, fleet::Device const& before, fleet::Parting why) {
        return why == fleet::Parting::unbound
                   ? upgrade::cancel_unbound(tx, context.means, before.did, now)
                   : upgrade::cancel_misfit(tx, context.means, before.did, now);
    };
}

Error no_device(Did const& did) { return {Errc::not_found, "there is no device " + did.value}; }

// The store's own words for "not there" are about rows.
template <class T>
Result<T> named(Result<T> found, Did const& did) {
    if (!found && found.error().code == Errc::not_found) return tl::unexpected(no_device(did));
    return found;
}

struct Written {
    Shown shown;
    std::optional<Secret> token;
};

// What a device's new user, model or version means for its upgrades.
Result<void> follow_up(Tx& tx, Context const& context, fleet::Enrolled const& enrolled,
                       Instant now) {
    if (!enrolled.offer_may_be_new) return {};
    TRY(upgrade::adopt(tx, enrolled.device));
    return context.means.outbox.tell_offer(tx, enrolled.device, now);
}

Result<Written> tell_and_show(Tx& tx, Context const& context, fleet::Enrolled enrolled,
                              Instant now) {
    TRY(follow_up(tx, context, enrolled, now));
    Written done;
    TRY_ASSIGN(done.shown, shown(tx, context, std::move(enrolled.device)));
    done.token = std::move(enrolled.token);
    return done;
}

Result<Page<Shown>> page_of(Tx const& tx, Context const& context, DeviceFilter const& filter,
                            PageAsk const& ask) {
    TRY_ASSIGN(auto found, tx.devices().list(filter, ask));
    Page<Shown> page;
    page.next = std::move(found.next);
    for (auto& device : found.items) {
        TRY_ASSIGN(auto all, shown(tx, context, std::move(device)));
        page.items.push_back(std::move(all));
    }
    return page;
}

Result<DeviceFilter> read_filter(Request const& request) {
    DeviceFilter filter;
    TRY_ASSIGN(filter.model, filter_name<ModelName>(request, "model"));
    TRY_ASSIGN(filter.open_id, filter_name<OpenId>(request, "openId"));
    TRY_ASSIGN(filter.gateway_did, filter_name<Did>(request, "gatewayDid"));
    return filter;
}

}  // namespace

Result<fleet::Enrolment> read_enrolment(json::Object const& said, Did did) {
    fleet::Enrolment wanted;
    wanted.did = std::move(did);
    TRY_ASSIGN(auto name, optional_text(said, "name", fleet::device_name_bytes_max));
    wanted.name = std::move(name).value_or("");
    TRY_ASSIGN(wanted.model, needed_name<ModelName>(said, "deviceModel"));
    TRY_ASSIGN(wanted.version, needed_name<Version>(said, "firmwareVersion"));
    TRY_ASSIGN(wanted.open_id, optional_name<OpenId>(said, "openId"));
    TRY_ASSIGN(wanted.gateway_did, optional_name<Did>(said, "gatewayDid"));
    return wanted;
}

// All are looked at before any is changed, so that the questions of many are one.
Result<std::vector<Result<fleet::Enrolled>>> enroll_devices(Tx& tx, Context const& context,
                                                            std::span<fleet::Enrolment const> all,
                                                            Instant now) {
    for (auto const& wanted : all) tx.prefetch().device(wanted.did);
    std::vector<std::optional<fleet::Device>> known;
    for (auto const& wanted : all) {
        TRY_ASSIGN(known.emplace_back(), if_found(tx.devices().find(wanted.did)));
    }
    std::vector<Result<fleet::Enrolled>> enrolled;
    auto const leaves_user = ends_upgrade(context, now);
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& one = enrolled.emplace_back(
            fleet::enroll(tx, context.id_source, all[i], known[i], leaves_user, now));
        if (!one && one.error().code != Errc::invalid) return tl::unexpected<Error>(one.error());
    }
    for (auto const& one : enrolled) {
        if (one && one->offer_may_be_new) tx.prefetch().active_upgrade_of(one->device.did);
    }
    for (auto const& one : enrolled) {
        if (one) TRY(follow_up(tx, context, *one, now));
    }
    return enrolled;
}

asio::awaitable<Reply> put_device(Context& context, Request const& request, json::Object body) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return problem(did.error());
    auto wanted = read_enrolment(body, *did);
    if (!wanted) co_return problem(wanted.error());
    auto const now = context.clock.now();
    auto put = [&context, wanted = *std::move(wanted), now](Tx& tx) -> Result<Written> {
        TRY_ASSIGN(auto all, enroll_devices(tx, context, std::span(&wanted, 1), now));
        TRY_ASSIGN(auto enrolled, std::move(all.front()));
        Written done;
        TRY_ASSIGN(done.shown, shown(tx, context, std::move(enrolled.device)));
        done.token = std::move(enrolled.token);
        return done;
    };
    auto const done = co_await http::on_store(context.store, std::move(put));
    if (!done) co_return problem(done.error());
    co_return json_reply(done->token ? 201 : 200, body_of(done->shown, done->token));
}

asio::awaitable<Reply> change_device(Context& context, Request const& request, json::Object body) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return problem(did.error());
    auto wanted = read_change(body);
    if (!wanted) co_return problem(wanted.error());
    auto const now = context.clock.now();
    auto change = [&context, did = *did, wanted = *std::move(wanted),
                   now](Tx& tx) -> Result<Written> {
        TRY_ASSIGN(auto changed,
                   named(fleet::change(tx, did, wanted, ends_upgrade(context, now), now), did));
        return tell_and_show(tx, context, std::move(changed), now);
    };
    auto const done = co_await http::on_store(context.store, std::move(change));
    if (!done) co_return problem(done.error());
    co_return json_reply(200, body_of(done->shown));
}

asio::awaitable<Reply> list_devices(Context& context, Request const& request) {
    auto filter = read_filter(request);
    if (!filter) co_return problem(filter.error());
    auto ask = read_page_ask(request, "devices");
    if (!ask) co_return problem(ask.error());
    auto list = [&context, filter = *std::move(filter), ask = *std::move(ask)](Tx const& tx) {
        return page_of(tx, context, filter, ask);
    };
    auto const page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return problem(page.error());
    co_return page_reply(*page, "devices", write_device);
}

asio::awaitable<Reply> show_device(Context& context, Request const& request) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return problem(did.error());
    auto show = [&context, did = *std::move(did)](Tx const& tx) -> Result<Shown> {
        TRY_ASSIGN(auto device, named(tx.devices().find(did), did));
        TRY_ASSIGN(auto all, shown(tx, context, std::move(device)));
        TRY_ASSIGN(all.fallback, upgrade::fallback_of(tx, all.device));
        return all;
    };
    auto const found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return problem(found.error());
    co_return json_reply(200, body_of(*found));
}

asio::awaitable<Reply> remove_device(Context& context, Request const& request) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return problem(did.error());
    auto const now = context.clock.now();
    auto remove = [&context, did = *std::move(did), now](Tx& tx) -> Result<void> {
        TRY(named(fleet::remove(tx, did, ends_upgrade(context, now)), did));
        return tx.announcements().forget(did);
    };
    auto const removed = co_await http::on_store(context.store, std::move(remove));
    if (!removed) co_return problem(removed.error());
    co_return no_content();
}

asio::awaitable<Reply> renew_device_token(Context& context, Request const& request) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return problem(did.error());
    auto renew = [&context, did = *did](Tx& tx) {
        return named(fleet::renew_token(tx, context.id_source, did), did);
    };
    auto const token = co_await http::on_store(context.store, std::move(renew));
    if (!token) co_return problem(token.error());
    std::string body;
    json::Writer writer(body);
    writer.object().member("did", did->value).member("deviceToken", token->reveal()).end();
    co_return json_reply(200, std::move(body));
}

}  // namespace updraft::admin
