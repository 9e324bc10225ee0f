#include "app/settings/part_settings.h"

#include <algorithm>

#include "admin/routes.h"
#include "ddi/routes.h"
#include "openota/identify.h"

namespace updraft::app {

namespace {

// With two, one can begin a transaction while the other commits.
constexpr std::size_t writers = 2;

constexpr unsigned admin_threads_max = 2;
constexpr std::uint64_t admin_connections_max = 1000;
constexpr std::uint64_t admin_body_memory_bytes_max = 64 * 1024 * 1024;

std::vector<http::ListenAddress> addresses_of(std::vector<Endpoint> const& endpoints) {
    std::vector<http::ListenAddress> addresses;
    for (auto const& endpoint : endpoints) {
        addresses.push_back({.address = endpoint.address, .port = endpoint.port});
    }
    return addresses;
}

sqlstore::Durability durability_of(Settings::Store const& store) {
    return store.durability == Durability::power ? sqlstore::Durability::power
                                                 : sqlstore::Durability::process;
}

// The header fields that identify callers, of all edges together.
std::vector<std::string_view> identity_fields() {
    std::vector<std::string_view> fields(openota::identity_fields.begin(),
                                         openota::identity_fields.end());
    fields.insert(fields.end(), ddi::identity_fields.begin(), ddi::identity_fields.end());
    fields.insert(fields.end(), admin::identity_fields.begin(), admin::identity_fields.end());
    std::ranges::sort(fields);
    fields.erase(std::ranges::unique(fields).begin(), fields.end());
    return fields;
}

}  // namespace

sqlstore::SqliteOptions sqlite_options(Settings::Store const& store) {
    return {.file = store.url.where, .durability = durability_of(store)};
}

sqlstore::PostgresOptions postgres_options(Settings::Store const& store) {
    auto const connections = static_cast<std::size_t>(store.connections);
    return {.url = store.url.where,
            .durability = durability_of(store),
            .writers = writers,
            .readers = std::max<std::size_t>(1, connections - writers),
            .prepare = store.prepare};
}

push::DispatchSettings dispatch_settings(Settings::Push const& push) {
    push::DispatchSettings settings;
    settings.retry.schedule = push.retry_schedule;
    settings.retry.give_up_after = push.give_up_after;
    settings.receivers.suspend_after = push.suspend_after;
    settings.receivers.probe_after = push.probe_after;
    settings.receivers.reverify_every = push.reverify_every;
    settings.timeout = push.timeout;
    settings.progress_interval = push.progress_interval;
    settings.in_flight_per_app_max = push.max_in_flight_per_app;
    return settings;
}

http::ListenerSettings listener_settings(Settings const& settings) {
    http::ListenerSettings out;
    out.addresses = addresses_of(settings.server.listen);
    out.threads = static_cast<unsigned>(settings.server.threads);
    for (auto const& network : settings.server.trusted_proxies) {
        out.trusted_proxies.push_back(network.written);
    }
    out.tls_cert_file = settings.tls.cert;
    out.tls_key_file = settings.tls.key;
    out.connections_max = static_cast<std::uint64_t>(settings.limits.connections);
    out.connections_per_address_max =
        static_cast<std::uint64_t>(settings.limits.connections_per_address);
    out.body_memory_bytes_max = static_cast<std::uint64_t>(settings.limits.body_memory);
    out.header_timeout = settings.limits.header_timeout;
    out.body_timeout = settings.limits.body_timeout;
    out.transfer_stall = settings.limits.transfer_stall;
    out.idle_timeout = settings.limits.idle_timeout;
    out.drain_timeout = settings.server.drain_timeout;
    out.identity_fields = identity_fields();
    return out;
}

http::ListenerSettings admin_listener_settings(Settings const& settings) {
    auto out = listener_settings(settings);
    out.addresses = addresses_of(settings.admin.listen);
    if (out.threads == 0 || out.threads > admin_threads_max) out.threads = admin_threads_max;
    out.connections_max = admin_connections_max;
    out.body_memory_bytes_max = std::min(out.body_memory_bytes_max, admin_body_memory_bytes_max);
    return out;
}

http::ListenerSettings metrics_listener_settings(Settings const& settings) {
    auto out = listener_settings(settings);
    out.addresses = addresses_of({*settings.metrics.listen});
    out.threads = 1;
    return out;
}

}  // namespace updraft::app
