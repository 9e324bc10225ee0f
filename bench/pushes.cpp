// Deliveries of results, each recorded durably, beside the same posts without any store.
//
//   bench_pushes FOLDER MESSAGES APPS
//
// The receiver is a thread of this process that answers at once. Prints one line each: the bare
// rate, the durable rate, the latency from commit to arrival at 200 messages a second while another
// app that never answers has a long queue, and resident memory before and after queueing.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "ports/apps_table.h"
#include "ports/outbox_table.h"
#include "push/dispatch.h"
#include "sqlstore/sql_store.h"
#include "webpost/http_courier.h"

namespace {

using namespace updraft;
using Steady = std::chrono::steady_clock;

class WallClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return {
            std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
    }
};

// Fast, and good enough for names.
class QuickMinter final : public Minter {
public:
    void fill(std::span<std::uint8_t> bytes) override {
        std::scoped_lock const lock(mutex_);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(engine_() >> 24);
    }

private:
    std::mutex mutex_;
    std::mt19937 engine_{1};
};

void check(Result<void> const& done) {
    if (!done) throw std::runtime_error(done.error().detail);
}

// Answers every request at once, on one thread; with `mute` it reads and never answers.
class Receiver {
public:
    explicit Receiver(bool mute) : mute_(mute) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (bind(listener_, generic, size) != 0 || listen(listener_, 1024) != 0) {
            throw std::runtime_error("no port");
        }
        getsockname(listener_, generic, &size);
        port_ = ntohs(address.sin_port);
        poll_ = epoll_create1(0);
        watch(listener_);
        thread_ = std::thread([this] { run(); });
    }
    ~Receiver() {
        stopping_ = true;
        thread_.join();
    }
    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/p";
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    // When the request with that did came; zero when it did not.
    [[nodiscard]] Steady::time_point arrival(std::string const& did) {
        std::scoped_lock const lock(mutex_);
        auto const found = arrivals_.find(did);
        return found == arrivals_.end() ? Steady::time_point{} : found->second;
    }

private:
    void watch(int link) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = link;
        epoll_ctl(poll_, EPOLL_CTL_ADD, link, &event);
    }
    void run() {
        std::array<epoll_event, 256> events{};
        while (!stopping_) {
            int const ready = epoll_wait(poll_, events.data(), events.size(), 100);
            for (int i = 0; i < ready; ++i) {
                int const link = events[static_cast<std::size_t>(i)].data.fd;
                if (link == listener_) {
                    for (int more = 0;
                         (more = accept4(link, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
                        watch(more);
                    }
                } else {
                    serve(link);
                }
            }
        }
    }
    void serve(int link) {
        static constexpr std::string_view reply =
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"code\":0}";
        std::array<char, 8192> piece{};
        auto const got = recv(link, piece.data(), piece.size(), 0);
        if (got <= 0) {
            close(link);
            buffers_.erase(link);
            return;
        }
        auto& buffer = buffers_[link];
        buffer.append(piece.data(), static_cast<std::size_t>(got));
        auto const head = buffer.find("\r\n\r\n");
        auto const at = buffer.find("Content-Length: ");
        if (head == std::string::npos || at == std::string::npos) return;
        if (buffer.size() < head + 4 + std::strtoul(buffer.c_str() + at + 16, nullptr, 10)) return;
        note(buffer);
        buffer.clear();
        ++count_;
        if (!mute_) send(link, reply.data(), reply.size(), MSG_NOSIGNAL);
    }
    void note(std::string const& request) {
        auto const at = request.find("\"did\":\"late");
        if (at == std::string::npos) return;
        auto const did = request.substr(at + 7, request.find('"', at + 7) - at - 7);
        std::scoped_lock const lock(mutex_);
        arrivals_.emplace(did, Steady::now());
    }

    bool mute_;
    int listener_ = -1;
    int poll_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> count_{0};
    std::unordered_map<int, std::string> buffers_;
    std::mutex mutex_;
    std::unordered_map<std::string, Steady::time_point> arrivals_;
    std::thread thread_;
};

std::string body_of(std::string const& did) {
    return R"({"msgType":"ota_upgrade_result","did":")" + did +
           R"(","firmwareVersion":"3.0.6_0015.0515","upgradeResult":"1"})";
}

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

webpost::CourierSettings courier_settings() {
    webpost::CourierSettings settings;
    settings.allow_http = true;
    settings.allow_networks = {*webpost::read_network("127.0.0.0/8")};
    return settings;
}

// Posts per second of the courier alone, `in_flight` at a time.
double bare(std::string const& url, int messages, int in_flight) {
    webpost::HttpCourier courier(courier_settings());
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
        courier.post(std::move(parcel), [&](Receipt const&) {
            if (++done == messages) return all.set_value();
            post();
        });
    };
    auto const start = Steady::now();
    for (int i = 0; i < in_flight; ++i) post();
    all.get_future().wait();
    return messages / seconds_since(start);
}

struct World {
    std::unique_ptr<sqlstore::SqlStore> store;
    WallClock clock;
    QuickMinter minter;

    AppId add_app(int n, std::string const& url) {
        access::App app;
        app.appid = {"app" + std::to_string(n)};
        app.name = "app";
        app.appkey = {"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"};
        app.push_secret = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
        app.push_url = url;
        app.push_state = access::PushState::verified;
        check(store->write([&](Tx& tx) { return tx.apps().insert(app); }));
        return app.appid;
    }
    void enqueue(std::vector<AppId> const& apps, std::string const& prefix, int first, int count,
                 push::MsgType type) {
        auto const now = clock.now();
        check(store->write([&](Tx& tx) -> Result<void> {
            for (int i = first; i < first + count; ++i) {
                auto const did = prefix + std::to_string(i);
                TRY(tx.outbox().enqueue({.webhook_id = minter.webhook_id(now),
                                         .appid = apps[static_cast<std::size_t>(i) % apps.size()],
                                         .did = {did},
                                         .type = type,
                                         .upgrade = {11},
                                         .body = body_of(did),
                                         .created_at = now,
                                         .due_at = now}));
            }
            return {};
        }));
    }
};

long resident_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
    }
    return 0;
}

int run(std::string const& folder, int messages, int apps_count) {
    Receiver receiver(false);
    Receiver mute(true);
    int const per_app = 32;
    auto const bare_rate = bare(receiver.url(), messages, per_app * apps_count);
    std::printf("bare_per_second %.0f\n", bare_rate);

    World world;
    auto opened = sqlstore::open_sqlite({.file = folder + "/pushes.db"});
    if (!opened) throw std::runtime_error(opened.error().detail);
    world.store = *std::move(opened);
    webpost::HttpCourier courier(courier_settings());
    auto const open = [](access::Sealed const& sealed) {
        return Result<Secret>(Secret(sealed.base64));
    };
    push::Dispatch dispatch(*world.store, courier, world.clock, world.minter, open, {});
    std::vector<AppId> apps;
    for (int i = 0; i < apps_count; ++i) apps.push_back(world.add_app(i, receiver.url()));
    auto const dead = world.add_app(apps_count, mute.url());
    auto const idle_kib = resident_kib();
    for (int i = 0; i < messages; i += 1000) {
        world.enqueue(apps, "device-", i, std::min(1000, messages - i), push::MsgType::result);
    }
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
    std::printf("resident_kib %ld %ld\n", idle_kib, resident_kib());

    for (int i = 0; i < messages; i += 1000) {
        world.enqueue({dead}, "dead-", i, std::min(1000, messages - i), push::MsgType::result);
        world.enqueue({dead, apps[0]}, "note-", i, 1000, push::MsgType::new_firmware);
    }
    std::vector<double> waits;
    std::vector<std::pair<std::string, Steady::time_point>> sent;
    auto next = Steady::now();
    for (int i = 0; i < 2'000; ++i, next += std::chrono::milliseconds(5)) {
        std::this_thread::sleep_until(next);
        world.enqueue({apps[static_cast<std::size_t>(i) % apps.size()]}, "late-", i, 1,
                      push::MsgType::result);
        sent.emplace_back("late-" + std::to_string(i), Steady::now());
    }
    for (auto const& [did, at] : sent) {
        auto arrived = receiver.arrival(did);
        for (int tries = 0; arrived == Steady::time_point{} && tries < 5'000; ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            arrived = receiver.arrival(did);
        }
        waits.push_back(std::chrono::duration<double, std::milli>(arrived - at).count());
    }
    std::ranges::sort(waits);
    std::printf("commit_to_arrival_ms p50 %.2f p99 %.2f max %.2f\n", waits[waits.size() / 2],
                waits[waits.size() * 99 / 100], waits.back());
    std::printf("resident_kib_after %ld\n", resident_kib());
    dispatch.stop(Millis{200});
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count != 4) {
        std::fprintf(stderr, "usage: bench_pushes FOLDER MESSAGES APPS\n");
        return 2;
    }
    try {
        return run(words[1], std::atoi(words[2]), std::atoi(words[3]));
    } catch (std::exception const& trouble) {
        std::fprintf(stderr, "bench_pushes: %s\n", trouble.what());
        return 1;
    }
}
