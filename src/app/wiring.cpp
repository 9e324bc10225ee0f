#include "app/wiring.h"

#include <signal.h>

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <thread>
#include <utility>

#include "access/rate.h"
#include "access/seal.h"
#include "admin/routes.h"
#include "app/access_log.h"
#include "app/artifacts.h"
#include "app/first_start.h"
#include "app/key_file.h"
#include "app/measures.h"
#include "app/metrics.h"
#include "app/part_settings.h"
#include "app/push_watch.h"
#include "app/rhythm.h"
#include "app/steps.h"
#include "app/system_clock.h"
#include "app/system_id_source.h"
#include "blobdir/blob_dir.h"
#include "bucket/bucket.h"
#include "ddi/routes.h"
#include "http/listener.h"
#include "openota/routes.h"
#include "push/dispatch.h"
#include "push/outbox.h"
#include "sqlstore/postgres/store.h"
#include "sqlstore/sqlite/store.h"
#include "vocabulary/version.h"
#include "webpost/curl_http_client.h"

namespace updraft::app {
namespace {

constexpr std::size_t disk_threads = 4;
// An upload that a bucket takes its time to acknowledge shall not hold up the pieces of others.
constexpr std::size_t disk_threads_with_bucket = 16;

// A server that is started with its database waits this long for it, once a second.
constexpr int attempts_max = 30;
constexpr int attempts_between_complaints = 5;
// A migration that found the tables in use lets those that use them through before it tries again.
constexpr std::chrono::seconds pause_when_busy{3};

// Somebody wants this process to end, and will be heard once it waits for signals.
bool asked_to_end() {
    sigset_t pending{};
    if (::sigpending(&pending) != 0) return false;
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

Result<std::unique_ptr<sqlstore::SqlStore>> open_store(Settings::Store const& store,
                                                       Journal& journal) {
    if (store.url.kind == StoreKind::sqlite) return sqlstore::open_sqlite(sqlite_options(store));
    for (int attempt = 0;; ++attempt) {
        auto opened = sqlstore::open_postgres(postgres_options(store));
        if (opened) return opened;
        auto const busy = opened.error().code == Errc::busy;
        if (!busy && opened.error().code != Errc::unavailable) return opened;
        if (attempt >= attempts_max || asked_to_end()) return opened;
        if (busy || attempt % attempts_between_complaints == 0) {
            journal.warn(busy ? "the database cannot be brought to date yet"
                              : "the database is not there yet",
                         {{"detail", opened.error().detail}});
        }
        std::this_thread::sleep_for(busy ? pause_when_busy : std::chrono::seconds{1});
    }
}

}  // namespace

// Members stand in the order of making; the listeners are declared early so that they go last but
// for what their requests refer to. stop() ends the work before anything goes.
struct Server::Parts {
    Parts(Settings given, Journal& journal_given)
        : settings(std::move(given)), journal(journal_given) {}
    ~Parts() { stop(); }
    Parts(Parts const&) = delete;
    Parts& operator=(Parts const&) = delete;

    [[nodiscard]] Result<void> start();
    [[nodiscard]] Result<void> open_places();
    [[nodiscard]] Result<void> open_artifacts();
    void make_trade();
    void make_edges();
    void add_steps();
    void add_measures();
    [[nodiscard]] Result<void> listen();
    void stop();
    [[nodiscard]] std::string not_ready();
    [[nodiscard]] std::string hint();

    Settings settings;
    Journal& journal;
    SystemClock clock;
    SystemIdSource id_source;

    // Places: what outlives the process.
    std::optional<DataDir> data_dir;
    std::unique_ptr<Blobs> blobs;
    bucket::Bucket* bucket = nullptr;  // What `blobs` is, when it is one.
    std::unique_ptr<sqlstore::SqlStore> store;
    std::optional<access::Seal> seal;

    // The domain: what its verbs work with.
    ddi::SignsOfLife signs;
    std::optional<push::Outbox> outbox;
    std::optional<upgrade::Means> means;
    std::optional<access::Rate> rate;
    std::unique_ptr<webpost::CurlHttpClient> http_client;
    std::unique_ptr<push::Dispatch> dispatch;

    PushWatch push_watch;

    // Edges: who is answered what.
    Metrics metrics;
    std::optional<boost::asio::thread_pool> disk;
    std::optional<openota::Context> apps;
    std::optional<ddi::Context> devices;
    std::optional<admin::Context> operators;
    http::Router router;
    http::Router metrics_router;
    std::unique_ptr<http::Listener> listener;
    std::unique_ptr<http::Listener> metrics_listener;

    // By time: quick work in one rhythm, reading the disk in the other.
    std::optional<push::Leases> leases;  // Of the first one.
    std::optional<Rhythm> rhythm;
    std::optional<Rhythm> upkeep;

    std::atomic<bool> listening = false;  // Requests may come a moment before this is true.
    std::atomic<bool> draining = false;
    bool stopped = false;
};

// The architecture, read from top to bottom.
Result<void> Server::Parts::start() {
    TRY(open_places());
    make_trade();
    add_steps();
    // From here on there are transactions: whoever waits for commits has said so.
    TRY_ASSIGN(seal, unlock(*store, id_source, settings.secrets.key_file));
    TRY(admit_first_operator(*store, id_source, data_dir->path() + "/admin-token", clock.now()));
    make_edges();
    add_measures();
    dispatch->start();
    rhythm->start();
    upkeep->start();
    return listen();
}

Result<void> Server::Parts::open_places() {
    TRY(webpost::check_roots(settings.push.ca_file));
    TRY_ASSIGN(auto held, DataDir::hold(settings.data_dir));
    data_dir.emplace(std::move(held));
    TRY_ASSIGN(store, open_store(settings.store, journal));
    for (auto const& migration : store->newer_migrations()) {
        journal.warn("a newer version has changed the database, and this one goes on with it",
                     {{"migration", migration}});
    }
    return open_artifacts();
}

Result<void> Server::Parts::open_artifacts() {
    if (!settings.firmware.store) {
        TRY_ASSIGN(blobs, blobdir::BlobDir::open_folder(settings.firmware.dir, clock));
        return {};
    }
    TRY_ASSIGN(auto places, bucket_settings(settings.firmware));
    TRY_ASSIGN(auto opened, bucket::Bucket::open_bucket(std::move(places), clock));
    bucket = opened.get();
    blobs = std::move(opened);
    return {};
}

void Server::Parts::make_trade() {
    outbox.emplace(id_source,
                   push::OutboxRules{.progress_interval = settings.push.progress_interval});
    means.emplace(upgrade::Means{.limits = settings.upgrade,
                                 .id_source = id_source,
                                 .outbox = *outbox,
                                 .presence = &signs,
                                 .polling = settings.ddi.polling});
    rate.emplace(settings.limits.requests_per_second_per_app, settings.limits.burst_per_app);
    http_client = std::make_unique<webpost::CurlHttpClient>(http_client_settings(settings.push));
    auto const open = [this](access::Sealed const& sealed) { return seal->open(sealed); };
    dispatch = std::make_unique<push::Dispatch>(*store, *http_client, clock, id_source, open,
                                                dispatch_settings(settings.push));
}

void Server::Parts::add_steps() {
    rhythm.emplace(clock, journal);
    leases.emplace(*store, id_source.hex(12));
    auto const one_of_us = [this](Rhythm::Step step) {
        return rhythm->add(by_turns(*store, *leases, std::move(step)));
    };
    auto const expiry = rhythm->add(expire_upgrades(*store, *means, *leases));
    one_of_us(finish_orders(*store, *means));
    auto const announcing = one_of_us(announce_releases(*store, *outbox));
    rhythm->add(write_signs_of_life(*store, signs));
    rhythm->add(watch_pushes(*store, push_watch));
    one_of_us(forget_tokens(*store));
    one_of_us(forget_history(*store, settings.upgrade));
    store->on_commit(Touched::upgrades, [this, expiry] { rhythm->wake(expiry); });
    store->on_commit(Touched::announcements, [this, announcing] { rhythm->wake(announcing); });

    upkeep.emplace(clock, journal);
    auto scrub = scrub_artifacts(*blobs, settings.firmware.scrub_period, journal);
    auto sweep = sweep_orphaned_artifacts(*store, *blobs, journal);
    if (bucket == nullptr) {
        upkeep->add(std::move(scrub));
        upkeep->add(std::move(sweep));
        return;
    }
    upkeep->add(watch_bucket(*bucket));
    upkeep->add(while_there(*bucket, std::move(scrub)));
    upkeep->add(while_there(*bucket, std::move(sweep)));
    upkeep->add(scrub_cache(*bucket, settings.firmware.scrub_period, journal));
}

void Server::Parts::make_edges() {
    disk.emplace(bucket == nullptr ? disk_threads : disk_threads_with_bucket);
    auto const trouble = [this](std::string_view request_id, Error const& error) {
        journal.error("request failed", {{"request", request_id}, {"detail", error.detail}});
    };
    apps.emplace(openota::Context{
        .store = *store,
        .clock = clock,
        .id_source = id_source,
        .means = *means,
        .rate = *rate,
        .settings = {.utc_offset = settings.server.utc_offset, .lifetimes = settings.tokens},
        .trouble = trouble});
    devices.emplace(*store, clock, *means, *blobs, signs,
                    ddi::Settings{.enabled = settings.ddi.enabled,
                                  .version_attribute = settings.ddi.version_attribute,
                                  .downloads_max = settings.firmware.max_downloads,
                                  .bucket = bucket != nullptr});
    operators.emplace(
        admin::Context{.store = *store,
                       .clock = clock,
                       .id_source = id_source,
                       .blobs = *blobs,
                       .seal = *seal,
                       .means = *means,
                       .dispatch = *dispatch,
                       .disk = *disk,
                       .settings = {.utc_offset = settings.server.utc_offset,
                                    .firmware_bytes_max = settings.firmware.max_size,
                                    .push_http_allowed = settings.push.allow_http,
                                    .lifetimes = settings.tokens,
                                    .metrics_here = !settings.metrics.listen.has_value()},
                       .not_ready = [this] { return not_ready(); },
                       .hint = [this] { return hint(); },
                       .metrics = [this] { return metrics.text(); },
                       .trouble = trouble});
    openota::add_routes(router, *apps);
    if (settings.ddi.enabled) ddi::add_routes(router, *devices);
    admin::add_routes(router, *operators);
    if (settings.metrics.listen) admin::add_open_metrics(metrics_router, *operators);
}

void Server::Parts::add_measures() {
    metrics.add([this](MetricSheet& sheet) {
        if (listening) measure(sheet, listener->counters());
    });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, *store, clock.now()); });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, dispatch->counts()); });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, push_watch.sight()); });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, journal); });
    if (bucket != nullptr) {
        metrics.add([this](MetricSheet& sheet) { measure(sheet, *bucket); });
    }
    metrics.add([this](MetricSheet& sheet) {
        sheet.gauge("downloads_running", "Artifacts being sent.",
                    static_cast<double>(devices->downloads.load()));
    });
    metrics.add(measure_process);
}

Result<void> Server::Parts::listen() {
    TRY_ASSIGN(listener, http::Listener::start(listener_settings(settings), router, clock,
                                               id_source, log_to(journal)));
    if (settings.metrics.listen) {
        TRY_ASSIGN(metrics_listener,
                   http::Listener::start(metrics_listener_settings(settings), metrics_router, clock,
                                         id_source, log_to(journal)));
    }
    listening = true;
    return {};
}

std::string Server::Parts::not_ready() {
    if (draining) return "draining";
    return listening ? "" : "starting";
}

std::string Server::Parts::hint() {
    auto hint = push_hint(push_watch.sight(), clock.now());
    auto const trouble = bucket == nullptr ? std::string() : bucket->trouble();
    if (!trouble.empty()) hint += (hint.empty() ? "" : "; ") + trouble;
    return hint;
}

void Server::Parts::stop() {
    if (std::exchange(stopped, true)) return;
    draining = true;
    if (listener) listener->stop();
    if (metrics_listener) metrics_listener->stop();
    if (bucket != nullptr) bucket->stop();  // Whoever waits for it holds up nothing any longer.
    if (disk) disk->join();
    if (dispatch) dispatch->stop(settings.server.drain_timeout);
    if (rhythm) rhythm->stop();
    if (leases) static_cast<void>(leases->let_go_all());
    if (upkeep) upkeep->stop();
    if (store) {
        if (auto const written = signs.write_down(*store); !written) {
            journal.warn("signs of life were not written", {{"detail", written.error().detail}});
        }
    }
    http_client.reset();
    store.reset();
}

Result<std::unique_ptr<Server>> Server::start(Settings settings, Journal& journal) {
    auto parts = std::make_unique<Parts>(std::move(settings), journal);
    TRY(parts->start());
    for (auto const& origin : parts->listener->origins()) {
        journal.info("listening", {{"origin", origin}, {"version", program_version()}});
    }
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

std::vector<std::string> const& Server::origins() const { return parts_->listener->origins(); }

std::optional<std::string> Server::metrics_origin() const {
    if (!parts_->metrics_listener) return std::nullopt;
    return parts_->metrics_listener->origins().front();
}

std::optional<Secret> Server::admin_token() const {
    auto const token = read_token_file(parts_->data_dir->path() + "/admin-token");
    return token ? *token : std::nullopt;
}

Result<void> Server::reload_tls() { return parts_->listener->reload_tls(); }

void Server::stop() { parts_->stop(); }

}  // namespace updraft::app
