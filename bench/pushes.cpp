// Measures deliveries of results that are recorded durably, and the same posts without a store.
//
//   bench_pushes FOLDER MESSAGES APPS DEVICES QUEUED
//
// The receiver is a thread of this process that answers at once. Prints one line for each of: posts
// per second without a store; durable deliveries per second; the latency from commit to arrival at
// 200 messages per second, while a release is announced to DEVICES devices and another app, which
// never answers, has 100,000 messages waiting; and resident memory in KiB, before and after QUEUED
// more messages for an app that does not answer.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "push/announce.h"
#include "push/dispatch.h"
#include "pushes_world.h"
#include "usecases/remove_app.h"
#include "webpost/curl_http_client.h"

namespace {

using namespace updraft;
using namespace updraft::bench;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

webpost::HttpClientSettings http_client_settings() {
    webpost::HttpClientSettings settings;
    settings.allow_http = true;
    settings.allow_networks = {*webpost::read_network("127.0.0.0/8")};
    return settings;
}

// Posts per second of the HTTP client without a store, with `in_flight` posts in parallel.
double bare(std::string const& url, int messages, int in_flight) {
    webpost::CurlHttpClient http_client(http_client_settings());
    std::atomic<int> next{0};
    std::atomic<int> done{0};
    std::promise<void> all;
    std::function<void()> post = [&] {
        int const n = next++;
        if (n >= messages) return;
        Parcel parcel;
        parcel.url = url;
        parcel.headers = {{"Appid", "aaaaaaaaaaaaaaaaaaaaaaaa"},
                          {"Appkey", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
                          {"Content-Type", "application/json"},
                          {"webhook-id", "msg_01ARZ3NDEKTSV4RRFFQ69G5FAV"},
                          {"webhook-timestamp", "1795435200"},
                          {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
        parcel.body = body_of("device-" + std::to_string(n));
        http_client.post(std::move(parcel), [&](Receipt const&) {
            if (++done == messages) return all.set_value();
            post();
        });
    };
    auto const start = Steady::now();
    for (int i = 0; i < in_flight; ++i) post();
    all.get_future().wait();
    return messages / seconds_since(start);
}

long resident_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
    }
    return 0;
}

// Announces a release to every device, step by step as the server does.
class Announcing {
public:
    explicit Announcing(World& world)
        : world_(world), outbox_(world.id_source, {}), thread_([this] { run(); }) {}
    ~Announcing() {
        stopping_ = true;
        thread_.join();
    }
    [[nodiscard]] bool over() const { return over_; }

private:
    void run() {
        while (!stopping_ && !over_) {
            auto const step = push::announce_step(*world_.store, outbox_, push::AnnounceRules{},
                                                  world_.clock.now());
            if (!step) throw std::runtime_error(step.error().detail);
            over_ = *step == push::Announced::nothing;
            bool const waits = *step == push::Announced::waiting;
            std::this_thread::sleep_for(std::chrono::milliseconds(waits ? 1'000 : 20));
        }
    }

    World& world_;
    push::Outbox outbox_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

void queue(World& world, std::vector<AppId> const& apps, std::string const& prefix, int count) {
    for (int i = 0; i < count; i += 1000) {
        world.enqueue(apps, prefix, i, std::min(1000, count - i), push::MsgType::result);
    }
}

void measure_rate(World& world, push::Dispatch& dispatch, Backend& receiver,
                  std::vector<AppId> const& apps, int messages, double bare_rate) {
    queue(world, apps, "device-", messages);
    auto const before = receiver.count();
    auto const start = Steady::now();
    dispatch.start();
    while (dispatch.counts().arrived < static_cast<std::uint64_t>(messages)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    auto const rate = messages / seconds_since(start);
    std::printf("durable_per_second %.0f\n", rate);
    std::printf("ratio %.2f\n", rate / bare_rate);
    std::printf("posts_per_message %.3f\n",
                static_cast<double>(receiver.count() - before) / messages);
}

// Commits 200 results per second for 10 s, and waits until all have arrived.
void measure_latency(World& world, Backend& receiver, std::vector<AppId> const& apps) {
    std::vector<std::pair<std::string, Steady::time_point>> sent;
    auto next = Steady::now();
    for (int i = 0; i < 2'000; ++i, next += std::chrono::milliseconds(5)) {
        std::this_thread::sleep_until(next);
        world.enqueue({apps[static_cast<std::size_t>(i) % apps.size()]}, "late-", i, 1,
                      push::MsgType::result);
        sent.emplace_back("late-" + std::to_string(i), Steady::now());
    }
    std::vector<double> waits;
    for (auto const& [did, at] : sent) {
        auto arrived = receiver.arrival(did);
        for (int tries = 0; arrived == Steady::time_point{} && tries < 5'000; ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            arrived = receiver.arrival(did);
        }
        if (arrived == Steady::time_point{}) throw std::runtime_error(did + " never arrived");
        waits.push_back(std::chrono::duration<double, std::milli>(arrived - at).count());
    }
    std::ranges::sort(waits);
    std::printf("commit_to_arrival_p50_ms %.2f\n", waits[waits.size() / 2]);
    std::printf("commit_to_arrival_p99_ms %.2f\n", waits[waits.size() * 99 / 100]);
    std::printf("commit_to_arrival_max_ms %.2f\n", waits.back());
}

int run(std::string const& folder, int messages, int apps_count, int devices, int queued) {
    static constexpr int per_app = 32;
    static constexpr int dead_queue = 100'000;
    Backend receiver(false);
    Backend mute(true);
    auto const bare_rate = bare(receiver.url(), messages, per_app * apps_count);
    std::printf("bare_per_second %.0f\n", bare_rate);

    World world;
    auto opened = sqlstore::open_sqlite({.file = folder + "/pushes.db"});
    if (!opened) throw std::runtime_error(opened.error().detail);
    world.store = *std::move(opened);
    webpost::CurlHttpClient http_client(http_client_settings());
    auto const open = [](access::Sealed const& sealed) {
        return Result<Secret>(Secret(sealed.base64));
    };
    usecases::RemovedAppsClearance const removed_apps;
    push::Dispatch dispatch(*world.store, http_client, world.clock, world.id_source, open,
                            removed_apps, {});
    std::vector<AppId> apps;
    for (int i = 0; i < apps_count; ++i) apps.push_back(world.add_app(i, receiver.url()));
    auto const dead = world.add_app(apps_count, mute.url());
    measure_rate(world, dispatch, receiver, apps, messages, bare_rate);

    world.add_devices(apps, devices);
    queue(world, {dead}, "dead-", dead_queue);
    world.publish();
    {
        Announcing announcing(world);
        measure_latency(world, receiver, apps);
        std::printf("announcing_was_over %d\n", announcing.over() ? 1 : 0);
    }

    auto const before_kib = resident_kib();
    queue(world, {dead}, "away-", queued);
    auto most_kib = resident_kib();
    for (int i = 0; i < 50; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        most_kib = std::max(most_kib, resident_kib());
    }
    std::printf("resident_kib %ld\n", before_kib);
    std::printf("resident_grown_kib %ld\n", most_kib - before_kib);
    dispatch.stop(Millis{200});
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count != 6) {
        std::fprintf(stderr, "usage: bench_pushes FOLDER MESSAGES APPS DEVICES QUEUED\n");
        return 2;
    }
    try {
        return run(words[1], std::atoi(words[2]), std::atoi(words[3]), std::atoi(words[4]),
                   std::atoi(words[5]));
    } catch (std::exception const& trouble) {
        std::fprintf(stderr, "bench_pushes: %s\n", trouble.what());
        return 1;
    }
}
