#include "app/wiring.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <utility>

#include "access/activity.h"
#include "access/device_rate.h"
#include "access/guessing.h"
#include "access/rate.h"
#include "access/seal.h"
#include "app/first_start.h"
#include "app/listeners.h"
#include "app/open_store.h"
#include "app/periodic/audit_tasks.h"
#include "app/periodic/bucket_tasks.h"
#include "app/periodic/periodic_work.h"
#include "app/periodic/rollout_tasks.h"
#include "app/periodic/tasks.h"
#include "app/process/key_file.h"
#include "app/process/system_clock.h"
#include "app/process/system_id_source.h"
#include "app/process/system_time_zones.h"
#include "app/push_client.h"
#include "app/settings/bucket_settings.h"
#include "app/settings/part_settings.h"
#include "app/watch/audit_log.h"
#include "app/watch/certificate.h"
#include "app/watch/measures.h"
#include "app/watch/metrics.h"
#include "app/watch/push_watch.h"
#include "app/watch/system_state.h"
#include "blobdir/blob_dir.h"
#include "bucket/bucket.h"
#include "channel/context.h"
#include "push/dispatch.h"
#include "push/outbox.h"
#include "usecases/remove_app.h"
#include "webpost/curl_http_client.h"

namespace updraft::app {
namespace {

constexpr std::size_t disk_threads = 4;
// More threads with a bucket: uploads wait for its answers, and must not delay other uploads.
constexpr std::size_t disk_threads_with_bucket = 16;

}  // namespace

// Members are in the order in which they are made; the last is destroyed first. stop() ends all
// work before that.
struct Server::Parts {
    Parts(Settings given, Journal& journal_given)
        : settings(std::move(given)), journal(journal_given) {}
    ~Parts() { stop(); }
    Parts(Parts const&) = delete;
    Parts& operator=(Parts const&) = delete;

    [[nodiscard]] Result<void> start();
    [[nodiscard]] Result<void> open_places();
    [[nodiscard]] Result<void> open_artifacts();
    void make_domain();
    void make_edges();
    void add_tasks();
    void add_measures();
    [[nodiscard]] Result<void> listen();
    void stop();
    void write_remaining_bytes();
    [[nodiscard]] std::string not_ready();
    [[nodiscard]] std::string hint();

    Settings settings;
    Journal& journal;
    SystemClock clock;
    SystemIdSource id_source;
    std::string const instance = id_source.hex(12);
    Instant const started_at = clock.now();

    // Access to the data that outlives the process.
    std::optional<DataDir> data_dir;
    std::unique_ptr<Blobs> blobs;
    bucket::Bucket* bucket =
        nullptr;  // The same object as `blobs`, if the artifacts are in a bucket.
    Hurry hurry;
    std::unique_ptr<sqlstore::SqlStore> store;
    std::optional<access::Seal> seal;

    // What the functions of the domain work with.
    channel::Presence signs;
    channel::ServedTally served{settings.upgrade.progress_timeout};
    std::optional<push::Outbox> outbox;
    std::optional<RolloutParts> rollouts;
    std::optional<upgrade::Means> means;
    usecases::RemovedAppsClearance removed_apps;
    std::optional<access::Rate> rate;
    std::optional<access::DeviceRate> device_rate;
    access::Guessing guessing;
    access::Activity activity;
    audit::Denials denials;
    std::unique_ptr<webpost::CurlHttpClient> http_client;
    std::unique_ptr<push::Dispatch> dispatch;
    std::optional<push::Trial> trial;

    PushWatch push_watch;

    // The edges, and the listeners that serve them.
    Metrics metrics;
    std::optional<boost::asio::thread_pool> disk;
    std::optional<openota::Context> apps;
    std::optional<channel::Context> channel;  // Of every device channel.
    std::optional<ddi::Context> devices;
    std::optional<admin::Context> operators;
    Listeners listeners;

    // Periodic work: quick tasks on one thread, tasks that read whole files on another.
    std::optional<leases::Leases> leases;  // Used by the thread of quick_work.
    std::optional<PeriodicWork> quick_work;
    std::optional<PeriodicWork> disk_work;

    std::atomic<bool> listening = false;  // Requests may come shortly before this becomes true.
    std::atomic<bool> draining = false;
    bool stopped = false;
};

// The order of starting.
Result<void> Server::Parts::start() {
    TRY(open_places());
    make_domain();
    add_tasks();
    // The first transaction: all functions for on_commit() must be registered before.
    TRY_ASSIGN(seal, unlock(*store, id_source, settings.secrets.key_file));
    auto const token_file = data_dir->path() + "/admin-token";
    TRY_ASSIGN(auto const first, admit_first_operator(*store, id_source, token_file, clock.now()));
    if (first) journal.warn("first start: this file has the admin token", {{"file", token_file}});
    TRY_ASSIGN(auto const token_is_valid, is_valid_token_file(*store, token_file));
    if (!token_is_valid) journal.warn(invalid_token_told, {{"file", token_file}});
    make_edges();
    add_measures();
    dispatch->start();
    quick_work->start();
    disk_work->start();
    return listen();
}

Result<void> Server::Parts::open_places() {
    TRY_ASSIGN(http_client, open_push_client(settings.push, journal));
    TRY_ASSIGN(auto held, DataDir::hold(settings.data_dir));
    data_dir.emplace(std::move(held));
    TRY_ASSIGN(store, open_store(settings.store, hurry, journal));
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

void Server::Parts::make_domain() {
    outbox.emplace(id_source,
                   push::OutboxRules{.progress_interval = settings.push.progress_interval});
    rollouts.emplace(settings.ddi.polling, *outbox);
    means.emplace(upgrade::Means{.limits = settings.upgrade,
                                 .id_source = id_source,
                                 .listener = rollouts->listeners,
                                 .presence = &signs,
                                 .polling = settings.ddi.polling,
                                 .zones = system_time_zones(),
                                 .time_zone = settings.server.time_zone,
                                 .start_room = &rollouts->rooms});
    rate.emplace(settings.limits.requests_per_second_per_app, settings.limits.burst_per_app);
    device_rate.emplace(settings.limits.requests_per_minute_per_device, id_source);
    auto const open = [this](access::Sealed const& sealed) { return seal->open(sealed); };
    auto pushing = dispatch_settings(settings.push);
    pushing.trouble = [this](AppId const& appid, std::string_view webhook_id,
                             std::string_view what) {
        journal.info("push failed",
                     {{"app", appid.value}, {"webhook", webhook_id}, {"detail", what}});
    };
    trial.emplace(*http_client, id_source, open,
                  push::Trial::Settings{pushing.timeout, pushing.trouble});
    dispatch = std::make_unique<push::Dispatch>(*store, *http_client, clock, id_source, open,
                                                removed_apps, std::move(pushing));
}

void Server::Parts::add_tasks() {
    quick_work.emplace(clock, journal);
    leases.emplace(*store, instance);
    auto const add_under_lease = [this](PeriodicWork::Task task) {
        return quick_work->add(under_lease(*store, *leases, std::move(task)));
    };
    auto const expiry = quick_work->add(expire_upgrades(*store, *means, *leases));
    add_under_lease(finish_orders(*store, *means));
    quick_work->add(advance_rollouts(*store, *means, *rollouts, *leases));
    auto const announcing = add_under_lease(announce_releases(*store, *outbox));
    quick_work->add(write_signs_of_life(*store, signs));
    quick_work->add(write_served_bytes(*store, *means, served));
    quick_work->add(watch_pushes(*store, push_watch));
    quick_work->add(report_refusals(guessing, journal));
    quick_work->add(write_denials(*store, denials));
    add_under_lease(forget_tokens(*store));
    add_under_lease(forget_sign_ins(*store, settings.console.session_max));
    add_under_lease(forget_audit(*store, settings.audit.retention));
    store->on_audit([this](AuditEntry const& entry) { log_audit(journal, entry); });
    add_under_lease(forget_history(*store, settings.upgrade));
    add_under_lease(forget_places(*store, settings.upgrade.history_retention));
    store->on_commit(Touched::upgrades, [this, expiry] { quick_work->wake(expiry); });
    store->on_commit(Touched::announcements, [this, announcing] { quick_work->wake(announcing); });

    disk_work.emplace(clock, journal);
    auto scrub = scrub_artifacts(*blobs, settings.firmware.scrub_period, journal);
    auto sweep = sweep_orphaned_artifacts(*store, *blobs, journal);
    if (bucket == nullptr) {
        disk_work->add(std::move(scrub));
        disk_work->add(std::move(sweep));
        return;
    }
    disk_work->add(watch_bucket(*bucket));
    disk_work->add(while_there(*bucket, std::move(scrub)));
    disk_work->add(while_there(*bucket, std::move(sweep)));
    disk_work->add(scrub_cache(*bucket, settings.firmware.scrub_period, journal));
}

void Server::Parts::make_edges() {
    disk.emplace(bucket == nullptr ? disk_threads : disk_threads_with_bucket);
    auto const trouble = [this](std::string_view request_id, Error const& error) {
        journal.error("request failed", {{"request", request_id}, {"detail", error.detail}});
    };
    apps.emplace(openota::Context{.store = *store,
                                  .clock = clock,
                                  .id_source = id_source,
                                  .means = *means,
                                  .rate = *rate,
                                  .guessing = guessing,
                                  .settings = {.lifetimes = settings.tokens,
                                               .users_per_app_max = settings.limits.users_per_app},
                                  .trouble = trouble});
    channel::DownloadLimits const downloads{.at_once = settings.firmware.max_downloads,
                                            .of_one_device = settings.limits.downloads_per_device};
    channel.emplace(*store, clock, *means, *blobs, signs, served, downloads);
    rollouts->rooms.ask_for_downloads([this, most = downloads.at_once] {
        return most - channel->downloads.running();
    });
    devices.emplace(ddi::Context{.channel = *channel,
                                 .rate = *device_rate,
                                 .guessing = guessing,
                                 .settings = {.enabled = settings.ddi.enabled,
                                              .version_attribute = settings.ddi.version_attribute,
                                              .bucket = bucket != nullptr},
                                 .trouble = trouble});
    auto const system = [this] {
        auto const end = listening ? listeners.tls_not_after() : std::nullopt;
        return look_at_system({settings, *store, *blobs, instance, started_at}, end);
    };
    operators.emplace(
        admin::Context{.store = *store,
                       .clock = clock,
                       .id_source = id_source,
                       .blobs = *blobs,
                       .seal = *seal,
                       .guessing = guessing,
                       .activity = activity,
                       .denials = denials,
                       .means = {.upgrades = *means, .outbox = *outbox},
                       .dispatch = *dispatch,
                       .trial = *trial,
                       .disk = *disk,
                       .settings = {.firmware_bytes_max = settings.firmware.max_size,
                                    .push_http_allowed = settings.push.allow_http,
                                    .lifetimes = settings.tokens,
                                    .metrics_here = !settings.metrics.listen.has_value(),
                                    .sessions_here = settings.console.enabled,
                                    .sessions = {.idle = settings.console.session_idle,
                                                 .max = settings.console.session_max},
                                    .identity_header = settings.console.identity_header},
                       .not_ready = [this] { return not_ready(); },
                       .hint = [this] { return hint(); },
                       .system = system,
                       .metrics = [this] { return metrics.text(); },
                       .trouble = trouble});
}

void Server::Parts::add_measures() {
    metrics.add([this](MetricSheet& sheet) {
        if (!listening) return;
        measure(sheet, listeners.counters());
        measure_certificate(sheet, listeners.tls_not_after());
    });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, *store, clock.now()); });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, dispatch->counts()); });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, push_watch.sight()); });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, journal); });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, guessing); });
    if (bucket != nullptr) {
        metrics.add([this](MetricSheet& sheet) { measure(sheet, *bucket); });
    }
    metrics.add([this](MetricSheet& sheet) { measure(sheet, channel->downloads, *device_rate); });
    metrics.add([this](MetricSheet& sheet) { measure(sheet, rollouts->rooms.counts()); });
    metrics.add(measure_process);
}

Result<void> Server::Parts::listen() {
    TRY(listeners.start(settings, {*apps, *devices, *operators}, clock, id_source, journal));
    listening = true;
    warn_of_certificate(journal, listeners.tls_not_after(), clock.now());
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

void Server::Parts::write_remaining_bytes() {
    if (!means) return;
    auto const all = channel::ServedTally::Which::all;
    auto const written = channel::write_served(*store, *means, served, all, clock.now());
    if (!written) {
        journal.warn("served bytes were not written", {{"detail", written.error().detail}});
    }
}

void Server::Parts::stop() {
    if (std::exchange(stopped, true)) return;
    draining = true;
    hurry.begin_after(settings.server.drain_timeout);
    listeners.stop();
    if (bucket != nullptr) bucket->stop();  // Requests that wait for it end now.
    if (disk) disk->join();
    if (dispatch) dispatch->stop(hurry.left());
    if (quick_work) quick_work->stop();
    if (leases) static_cast<void>(leases->let_go_all());
    if (disk_work) disk_work->stop();
    if (store) {
        if (auto const written = signs.write_down(*store); !written) {
            journal.warn("signs of life were not written", {{"detail", written.error().detail}});
        }
        write_remaining_bytes();
        static_cast<void>(write_counted_denials(*store, denials, std::nullopt));
    }
    http_client.reset();
    store.reset();
}

Result<std::unique_ptr<Server>> Server::start(Settings settings, Journal& journal) {
    auto parts = std::make_unique<Parts>(std::move(settings), journal);
    TRY(parts->start());
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

std::vector<std::string> const& Server::origins() const { return parts_->listeners.origins(); }

std::vector<std::string> Server::admin_origins() const { return parts_->listeners.admin_origins(); }

std::optional<std::string> Server::metrics_origin() const {
    return parts_->listeners.metrics_origin();
}

std::optional<Secret> Server::admin_token() const {
    auto const token = read_token_file(parts_->data_dir->path() + "/admin-token");
    return token ? *token : std::nullopt;
}

Result<void> Server::reload_tls() {
    TRY(parts_->listeners.reload_tls());
    warn_of_certificate(parts_->journal, parts_->listeners.tls_not_after(), parts_->clock.now());
    return {};
}

bool Server::works() { return parts_->listeners.threads_work(); }

void Server::announce_end() { parts_->draining = true; }

void Server::stop() { parts_->stop(); }

}  // namespace updraft::app
