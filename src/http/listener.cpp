#include "http/listener.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <latch>
#include <mutex>
#include <thread>

#include "http/connection.h"
#include "http/lane.h"
#include "http/limits.h"
#include "http/tls_files.h"

namespace updraft::http {
namespace {

using asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int backlog = 4096;
// After drain_timeout: time for the coroutines of cut connections to end.
constexpr std::chrono::milliseconds cut_grace{500};

std::string authority(tcp::endpoint const& at) {
    auto const address = at.address().to_string();
    auto const host = at.address().is_v6() ? "[" + address + "]" : address;
    return host + ":" + std::to_string(at.port());
}

// The address as text; an IPv4-mapped IPv6 address is written as IPv4.
std::string plain_address(asio::ip::address const& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

Result<tcp::endpoint> endpoint_of(ListenAddress const& wanted) {
    error_code trouble;
    auto const address = asio::ip::make_address(wanted.address, trouble);
    if (trouble) return fail(Errc::invalid, "\"" + wanted.address + "\" is not an address");
    return tcp::endpoint(address, wanted.port);
}

// True when `wanted` is [::] and an IPv4 address with the same port is listened on as well: by
// default [::] takes all IPv4 addresses, and the port would be taken twice.
bool leaves_ipv4_to_another(tcp::endpoint const& wanted,
                            std::vector<ListenAddress> const& addresses) {
    if (!wanted.address().is_v6() || !wanted.address().is_unspecified()) return false;
    return std::ranges::any_of(addresses, [&](ListenAddress const& other) {
        return other.port == wanted.port() && other.address.find(':') == std::string::npos;
    });
}

// Binds once without SO_REUSEPORT and closes again. With that option a second server would share
// the port without an error. Answers the endpoint with its real port.
Result<tcp::endpoint> probe(asio::io_context& io, tcp::endpoint at, bool v6_only) {
    error_code trouble;
    tcp::acceptor acceptor(io);
    acceptor.open(at.protocol(), trouble);
    if (!trouble && v6_only) acceptor.set_option(asio::ip::v6_only(true), trouble);
    if (!trouble) acceptor.set_option(tcp::acceptor::reuse_address(true), trouble);
    if (!trouble) acceptor.bind(at, trouble);
    if (!trouble) acceptor.listen(1, trouble);
    if (!trouble) at = acceptor.local_endpoint(trouble);
    if (trouble) {
        return fail(Errc::unavailable,
                    "cannot listen on " + authority(at) + ": " + trouble.message());
    }
    return at;
}

Result<tcp::acceptor> open_acceptor(asio::io_context& io, tcp::endpoint const& at, bool v6_only) {
    error_code trouble;
    tcp::acceptor acceptor(io);
    acceptor.open(at.protocol(), trouble);
    if (!trouble && v6_only) acceptor.set_option(asio::ip::v6_only(true), trouble);
    if (!trouble) acceptor.set_option(tcp::acceptor::reuse_address(true), trouble);
    if (!trouble) acceptor.set_option(ReusePort(true), trouble);
    // Accepted connections inherit this option.
    if (!trouble) acceptor.set_option(tcp::no_delay(true), trouble);
    if (!trouble) acceptor.bind(at, trouble);
    if (!trouble) acceptor.listen(backlog, trouble);
    if (trouble) {
        return fail(Errc::unavailable,
                    "cannot listen on " + authority(at) + ": " + trouble.message());
    }
    return acceptor;
}

// A lane with its thread, its acceptors and the timer for checking deadlines.
struct Worker {
    Worker(Ground& ground, TlsFiles& tls_files, std::string id_prefix)
        : tls(tls_files), lane(ground, std::move(id_prefix)), sweep_timer(lane.io) {}

    TlsFiles& tls;
    Lane lane;
    // Declared after the lane, so that they are destroyed before its io_context.
    asio::steady_timer sweep_timer;
    std::deque<tcp::acceptor> acceptors;
    std::thread thread;
    std::atomic<std::uint64_t> sweeps{0};
    std::uint64_t sweeps_seen = 0;  // At the last call of threads_work().
    bool ended = false;             // Guarded by the listener's mutex.
};

void admit(Worker& worker, tcp::socket socket, std::string const& local_authority) {
    auto& ground = worker.lane.ground;
    error_code trouble;
    auto const remote = socket.remote_endpoint(trouble);
    if (trouble) return;  // The peer has closed it already.
    LaneCounters::count(worker.lane.counters.accepted);
    Connection::Peer peer;
    peer.address = plain_address(remote.address());
    peer.trusted_proxy = ground.trusted_proxies.contain(peer.address);
    if (ground.by_address.limited() && !peer.trusted_proxy) {
        peer.place = ground.by_address.take(peer.address);
        if (!peer.place) {
            LaneCounters::count(worker.lane.counters.closed_by_address);
            return;
        }
    }
    auto welcome = Connection::Welcome::served;
    auto const refused_open = ground.refused_open.load(std::memory_order_relaxed);
    auto const served_open = ground.open.load(std::memory_order_relaxed) - refused_open;
    if (served_open >= ground.settings.connections_max) {
        LaneCounters::count(worker.lane.counters.refused);
        if (refused_open >= refused_connections_max) return;
        welcome = Connection::Welcome::refused;
    }
    peer.local_authority = local_authority;
    auto connection = std::make_unique<Connection>(worker.lane, std::move(socket),
                                                   worker.tls.context(), std::move(peer), welcome);
    asio::co_spawn(worker.lane.io, Connection::run(std::move(connection)), asio::detached);
}

asio::awaitable<void> accept_all(Worker& worker, tcp::acceptor& acceptor) {
    error_code trouble;
    auto const local = authority(acceptor.local_endpoint(trouble));
    while (acceptor.is_open()) {
        auto [failed, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (failed == asio::error::operation_aborted) co_return;
        if (!failed) {
            admit(worker, std::move(socket), local);
            continue;
        }
        if (failed == asio::error::connection_aborted) continue;
        // Out of descriptors or memory: waits until some connections may have ended.
        asio::steady_timer pause(worker.lane.io, accept_pause);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<void> sweep(Worker& worker) {
    auto& lane = worker.lane;
    while (true) {
        worker.sweep_timer.expires_after(lane.ticker.pause());
        auto const [stopped] =
            co_await worker.sweep_timer.async_wait(asio::as_tuple(asio::use_awaitable));
        if (stopped) co_return;
        LaneCounters::count(worker.sweeps);
        lane.ticker.tick(lane.ground.clock.now());
        lane.each([now = lane.ticker.now()](Connection& connection) { connection.expire(now); });
    }
}

}  // namespace

struct Listener::State {
    State(ListenerSettings wanted, Router const& router, Clock const& clock, ListenerHooks hooks)
        : ground(std::move(wanted), router, clock, std::move(hooks)) {}

    Result<void> open_all();
    void start_threads();
    void stop_accepting();
    void stop();
    bool all_ended() {
        return std::all_of(workers.begin(), workers.end(), [](auto const& w) { return w.ended; });
    }

    Ground ground;
    TlsFiles tls;
    std::deque<Worker> workers;
    std::vector<std::string> origins;
    std::vector<std::uint16_t> ports;
    std::mutex mutex;
    std::condition_variable worker_ended;
    bool running = false;
};

Result<void> Listener::State::open_all() {
    for (auto const& address : ground.settings.addresses) {
        TRY_ASSIGN(auto const wanted, endpoint_of(address));
        auto const v6_only = leaves_ipv4_to_another(wanted, ground.settings.addresses);
        TRY_ASSIGN(auto const at, probe(workers.front().lane.io, wanted, v6_only));
        for (auto& worker : workers) {
            TRY_ASSIGN(auto acceptor, open_acceptor(worker.lane.io, at, v6_only));
            worker.acceptors.push_back(std::move(acceptor));
        }
        origins.push_back((tls.enabled() ? "https://" : "http://") + authority(at));
        ports.push_back(at.port());
    }
    return {};
}

void Listener::State::start_threads() {
    running = true;
    for (auto& worker : workers) {
        asio::co_spawn(worker.lane.io, sweep(worker), asio::detached);
        for (auto& acceptor : worker.acceptors) {
            asio::co_spawn(worker.lane.io, accept_all(worker, acceptor), asio::detached);
        }
        worker.thread = std::thread([&worker] { worker.lane.io.run(); });
    }
}

// Returns when no thread accepts connections any more. Only then are idle connections closed:
// otherwise their clients could connect again, to another thread, and be closed a second time.
void Listener::State::stop_accepting() {
    std::latch informed(static_cast<std::ptrdiff_t>(workers.size()));
    for (auto& worker : workers) {
        worker.lane.on_empty = [this, &worker] {
            std::lock_guard const lock(mutex);
            worker.ended = true;
            worker_ended.notify_all();
        };
        asio::post(worker.lane.io, [&worker, &informed] {
            error_code ignored;
            for (auto& acceptor : worker.acceptors) acceptor.close(ignored);
            worker.lane.draining = true;
            informed.count_down();
        });
    }
    informed.wait();
}

void Listener::State::stop() {
    if (!running) return;
    running = false;
    stop_accepting();
    for (auto& worker : workers) {
        asio::post(worker.lane.io, [&worker] {
            worker.lane.each([](Connection& connection) { connection.drain(); });
            if (worker.lane.empty()) worker.lane.on_empty();
        });
    }
    std::unique_lock lock(mutex);
    auto const ended = [this] { return all_ended(); };
    if (!worker_ended.wait_for(lock, ground.settings.drain_timeout, ended)) {
        for (auto& worker : workers) {
            asio::post(worker.lane.io, [&worker] {
                worker.lane.each([](Connection& connection) { connection.cut(); });
            });
        }
        worker_ended.wait_for(lock, cut_grace, ended);
    }
    lock.unlock();
    for (auto& worker : workers) worker.lane.io.stop();
    for (auto& worker : workers) worker.thread.join();
    // Connections that are destroyed together with the lanes must not call it.
    for (auto& worker : workers) worker.lane.on_empty = nullptr;
}

ListenerCounters& ListenerCounters::operator+=(ListenerCounters const& other) {
    connections_open += other.connections_open;
    connections_accepted += other.connections_accepted;
    connections_refused += other.connections_refused;
    connections_closed_by_address += other.connections_closed_by_address;
    body_bytes_held += other.body_bytes_held;
    bodies_refused += other.bodies_refused;
    answers_waiting += other.answers_waiting;
    answers_dropped += other.answers_dropped;
    framing_errors += other.framing_errors;
    for (std::size_t i = 0; i < answers.size(); ++i) answers.at(i) += other.answers.at(i);
    return *this;
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() { stop(); }

Result<std::unique_ptr<Listener>> Listener::start(ListenerSettings settings, Router const& router,
                                                  Clock const& clock, IdSource& id_source,
                                                  ListenerHooks hooks) {
    // sendfile() has no MSG_NOSIGNAL: without this, a peer that closes its connection would end the
    // process.
    std::signal(SIGPIPE, SIG_IGN);
    if (settings.threads == 0) settings.threads = std::max(1U, std::thread::hardware_concurrency());
    auto state = std::make_unique<State>(std::move(settings), router, clock, std::move(hooks));
    auto& ground = state->ground;
    for (auto const& network : ground.settings.trusted_proxies) {
        TRY(ground.trusted_proxies.add(network));
    }
    TRY(state->tls.load(ground.settings.tls_cert_file, ground.settings.tls_key_file));
    for (unsigned i = 0; i < ground.settings.threads; ++i) {
        state->workers.emplace_back(ground, state->tls, id_source.hex(4).substr(0, 7));
    }
    TRY(state->open_all());
    state->start_threads();
    return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

std::vector<std::string> const& Listener::origins() const { return state_->origins; }
std::vector<std::uint16_t> const& Listener::ports() const { return state_->ports; }

Result<void> Listener::reload_tls() { return state_->tls.reload(); }

std::optional<Instant> Listener::tls_not_after() const { return state_->tls.not_after(); }

bool Listener::threads_work() {
    auto all = state_->running;
    for (auto& worker : state_->workers) {
        auto const sweeps = worker.sweeps.load(std::memory_order_relaxed);
        all = all && sweeps != worker.sweeps_seen;
        worker.sweeps_seen = sweeps;
    }
    return all;
}

ListenerCounters Listener::counters() const {
    ListenerCounters sum;
    auto const& ground = state_->ground;
    sum.connections_open = ground.open.load(std::memory_order_relaxed);
    sum.body_bytes_held = ground.body_memory.taken();
    sum.answers_waiting = ground.answers_waiting.load(std::memory_order_relaxed);
    for (auto const& worker : state_->workers) {
        auto const& counters = worker.lane.counters;
        sum.connections_accepted += counters.accepted.load(std::memory_order_relaxed);
        sum.connections_refused += counters.refused.load(std::memory_order_relaxed);
        sum.connections_closed_by_address +=
            counters.closed_by_address.load(std::memory_order_relaxed);
        sum.bodies_refused += counters.bodies_refused.load(std::memory_order_relaxed);
        sum.answers_dropped += counters.answers_dropped.load(std::memory_order_relaxed);
        sum.framing_errors += counters.framing_errors.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < sum.answers.size(); ++i) {
            sum.answers.at(i) += counters.answers.at(i).load(std::memory_order_relaxed);
        }
    }
    return sum;
}

void Listener::stop() { state_->stop(); }

}  // namespace updraft::http
