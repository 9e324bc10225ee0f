// The surroundings of bench_pushes: a receiver that answers at once or never, and a store with
// apps.
//
// Lives here: the receiver's thread, a fast id source, apps, devices, messages and a release to
//             announce.
//
// Not here:   what is measured (bench/pushes.cpp).
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "ports/announcements_table.h"
#include "ports/apps_table.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "ports/outbox_table.h"
#include "ports/releases_table.h"
#include "sqlstore/sqlite/store.h"

namespace updraft::bench {

using Steady = std::chrono::steady_clock;

class WallClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return {
            std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
    }
};

// Fast and not cryptographically secure: only for ids of this benchmark.
class QuickIdSource final : public IdSource {
public:
    void fill(std::span<std::uint8_t> bytes) override {
        std::scoped_lock const lock(mutex_);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(engine_() >> 24);
    }

private:
    std::mutex mutex_;
    std::mt19937 engine_{1};
};

inline void check(Result<void> const& done) {
    if (!done) throw std::runtime_error(done.error().detail);
}

// Answers every request at once, on one thread. With `mute`, it reads requests and never answers.
class Backend {
public:
    explicit Backend(bool mute) : mute_(mute) {
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
    ~Backend() {
        stopping_ = true;
        thread_.join();
    }
    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/p";
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    // When the request with that did arrived; zero when it has not.
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

inline std::string body_of(std::string const& did) {
    return R"({"msgType":"ota_upgrade_result","did":")" + did +
           R"(","firmwareVersion":"3.0.6_0015.0515","upgradeResult":"1"})";
}

struct World {
    std::unique_ptr<sqlstore::SqlStore> store;
    WallClock clock;
    QuickIdSource id_source;
    OpenId told_user{"told"};  // All messages of enqueue() are about devices of this user.

    AppId add_app(int n, std::string const& url) {
        access::App app;
        app.appid = {"app" + std::to_string(n)};
        app.name = "app";
        app.appkey = {"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"};
        app.push_secret = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
        app.push_url = url;
        app.push_state = access::PushState::verified;
        check(store->write([&](Tx& tx) -> Result<void> {
            TRY(tx.apps().insert(app));
            TRY(tx.grants().put_user({told_user, std::nullopt, std::nullopt, clock.now()}));
            return tx.grants().put_grant({app.appid, told_user, clock.now()});
        }));
        return app.appid;
    }
    void enqueue(std::vector<AppId> const& apps, std::string const& prefix, int first, int count,
                 push::MsgType type) {
        auto const now = clock.now();
        check(store->write([&](Tx& tx) -> Result<void> {
            for (int i = first; i < first + count; ++i) {
                auto const did = prefix + std::to_string(i);
                TRY(tx.outbox().enqueue({.webhook_id = id_source.webhook_id(now),
                                         .appid = apps[static_cast<std::size_t>(i) % apps.size()],
                                         .did = {did},
                                         .type = type,
                                         .upgrade = {11},
                                         .open_id = told_user,
                                         .body = body_of(did),
                                         .created_at = now,
                                         .due_at = now}));
            }
            return {};
        }));
    }
    // Adds devices of one model. A user has 100 of them, and has granted one of the apps.
    void add_devices(std::vector<AppId> const& apps, int count) {
        static constexpr int per_step = 1'000;
        static constexpr int per_user = 100;
        for (int first = 0; first < count; first += per_step) {
            check(store->write([&](Tx& tx) -> Result<void> {
                for (int i = first; i < std::min(first + per_step, count); ++i) {
                    TRY(add_device(tx, apps, i, i / per_user, i % per_user == 0));
                }
                return {};
            }));
        }
    }
    void publish() {
        check(store->write([&](Tx& tx) -> Result<void> {
            firmware::Release release;
            release.model = {"lamp"};
            release.version = {"2.0.0"};
            release.release_date = "2026-11-23";
            release.artifact = firmware::Artifact{.bytes = 8,
                                                  .digests = {.sha256 = std::string(64, 'a'),
                                                              .sha1 = std::string(40, 'b'),
                                                              .md5 = std::string(32, 'c')}};
            release.state = firmware::ReleaseState::released;
            release.created_at = clock.now();
            release.released_at = clock.now();
            TRY_ASSIGN(release.order, tx.releases().next_order());
            TRY_ASSIGN(auto const id, tx.releases().insert(release));
            return tx.announcements().open(
                {.release = id, .model = {"lamp"}, .created_at = clock.now()});
        }));
    }

private:
    Result<void> add_device(Tx& tx, std::vector<AppId> const& apps, int n, int user, bool first) {
        OpenId const open_id{"user-" + std::to_string(user)};
        if (first) {
            auto const& app = apps[static_cast<std::size_t>(user) % apps.size()];
            TRY(tx.grants().put_user({open_id, std::nullopt, std::nullopt, clock.now()}));
            TRY(tx.grants().put_grant({app, open_id, clock.now()}));
        }
        fleet::Device device;
        device.did = {"lamp-" + std::to_string(n)};
        device.model = {"lamp"};
        device.version = {"1.0.0"};
        device.open_id = open_id;
        device.token_digest = sha256(device.did.value);
        device.created_at = clock.now();
        return tx.devices().insert(device);
    }
};

}  // namespace updraft::bench
