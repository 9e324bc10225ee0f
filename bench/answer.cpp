// The baseline of the HTTP benchmarks: the server's own listener and router with a constant answer.
//
//   bench_answer PORT THREADS BODY [METHOD PATH]
//
// Prints "listening on http://127.0.0.1:PORT" and answers until standard input is closed.
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "http/listener.h"

namespace {

using namespace updraft;

class WallClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        auto const since = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<Millis>(since).count()};
    }
};

class Zeros final : public IdSource {
public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes) byte = 0;
    }
};

http::asio::awaitable<http::Reply> constant(std::string const& body) {
    http::Reply reply;
    reply.body = body;
    co_return reply;
}

}  // namespace

int main(int count, char** words) {
    if (count < 4) {
        std::fprintf(stderr, "usage: bench_answer PORT THREADS BODY [METHOD PATH]\n");
        return 2;
    }
    std::string const body = words[3];
    std::string const method = count > 4 ? words[4] : "POST";
    http::Router router;
    http::Route route;
    route.method = method == "GET" ? http::Method::get : http::Method::post;
    route.pattern = count > 5 ? words[5] : "/open/ota/query/firmware/selected";
    route.handler = [&body](http::Request const&) { return constant(body); };
    router.add(std::move(route));

    http::ListenerSettings settings;
    settings.addresses.push_back({"127.0.0.1", static_cast<std::uint16_t>(std::atoi(words[1]))});
    settings.threads = static_cast<unsigned>(std::atoi(words[2]));
    WallClock clock;
    Zeros id_source;
    auto listener = http::Listener::start(settings, router, clock, id_source);
    if (!listener) {
        std::fprintf(stderr, "%s\n", listener.error().detail.c_str());
        return 1;
    }
    std::printf("listening on %s\n", (*listener)->origins().front().c_str());
    std::fflush(stdout);
    char rubbish = 0;
    while (::read(STDIN_FILENO, &rubbish, 1) > 0) {
    }
    (*listener)->stop();
    return 0;
}
