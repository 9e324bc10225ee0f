#include "app/serve.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <iostream>
#include <utility>

#include "app/process/descriptors.h"
#include "app/process/service_manager.h"
#include "app/process/signals.h"
#include "app/process/system_clock.h"
#include "app/process/watchdog.h"
#include "app/settings/named_files.h"
#include "app/watch/journal.h"
#include "app/wiring.h"

namespace updraft::app {
namespace {

// Stopping takes up to two times drain_timeout, for requests and for pushes, and some time to
// write.
constexpr Millis stop_margin = std::chrono::seconds{10};

// Messages to the service manager; the first one that cannot be sent is logged.
class Announcements {
public:
    Announcements(ServiceManager const& manager, Journal& journal)
        : manager_(manager), journal_(journal) {}

    void tell(std::string_view message) {
        auto const told = manager_.tell(message);
        if (told || std::exchange(has_failed_, true)) return;
        journal_.warn("the service manager is not told", {{"detail", told.error().detail}});
    }

private:
    ServiceManager const& manager_;
    Journal& journal_;
    bool has_failed_ = false;
};

void reload(Server& server, Journal& journal, Announcements& announcements) {
    announcements.tell(reloading_message());
    auto const reloaded = server.reload_tls();
    if (reloaded) {
        journal.info("certificates read again");
    } else {
        journal.error("certificates not read, the old ones stay",
                      {{"detail", reloaded.error().detail}});
    }
    announcements.tell("READY=1");
}

void print_origins(Server const& server) {
    // The main listener comes first: scripts read the server's address from the first line.
    for (auto const& origin : server.origins()) std::cout << "listening on " << origin << "\n";
    for (auto const& origin : server.admin_origins()) {
        std::cout << "listening on " << origin << "\n";
    }
    if (auto const origin = server.metrics_origin()) std::cout << "metrics on " << *origin << "\n";
    std::cout << std::flush;
}

// Serves for `delay` while /readyz answers 503; shorter when SIGTERM or SIGINT comes again.
void drain(Server& server, Millis delay, Signals const& signals,
           std::function<void()> const& reload_files) {
    server.announce_end();
    auto const end = std::chrono::steady_clock::now() + delay;
    while (true) {
        auto const left = std::chrono::ceil<Millis>(end - std::chrono::steady_clock::now());
        if (left <= Millis{0}) return;
        auto const signal = signals.wait_for(left);
        if (signal == SIGHUP) reload_files();
        if (signal == SIGTERM || signal == SIGINT) return;
    }
}

std::string stopping_message(Settings::Server const& server) {
    auto const longest = server.drain_delay + 2 * server.drain_timeout + stop_margin;
    auto const limit = std::chrono::duration_cast<std::chrono::microseconds>(longest).count();
    return "STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(limit);
}

void warn_of_limits(Settings::Limits const& limits, Journal& journal) {
    auto const wanted = static_cast<std::uint64_t>(limits.connections);
    auto const descriptors = raise_descriptor_limit();
    if (descriptors >= wanted) return;
    journal.warn("the system allows fewer descriptors than [limits] connections",
                 {{"descriptors", static_cast<std::int64_t>(descriptors)},
                  {"connections", limits.connections}});
}

}  // namespace

int serve(Settings settings) {
    // Files made from here on can be read by their owner only.
    ::umask(077);
    // Its memory holds keys and tokens: no core dump, no debugger but root's, no /proc/PID/mem.
    ::prctl(PR_SET_DUMPABLE, 0);
    ignore_stray_signals();
    // Before any thread is made: threads inherit the signal mask.
    Signals signals;
    Journal journal(settings.log.level, settings.log.format);
    auto const manager = ServiceManager::of_environment();
    Announcements announcements(manager, journal);
    for (auto const& warning : settings.warnings) journal.warn(warning);
    warn_of_limits(settings.limits, journal);
    auto const problems = check_named_files(settings, SystemClock().now()).problems;
    for (auto const& problem : problems) journal.error("cannot start", {{"detail", problem}});
    if (!problems.empty()) return 1;
    auto const limits = settings.server;
    auto server = Server::start(std::move(settings), journal);
    if (!server) {
        journal.error("cannot start", {{"detail", server.error().detail}});
        return 1;
    }
    print_origins(**server);
    Watchdog watchdog(manager, [&server] { return (*server)->works(); });
    announcements.tell("READY=1");
    auto const reload_files = [&] { reload(**server, journal, announcements); };
    auto signal = signals.wait();
    for (; signal == SIGHUP; signal = signals.wait()) reload_files();
    journal.info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    announcements.tell(stopping_message(limits));
    if (signal == SIGTERM) drain(**server, limits.drain_delay, signals, reload_files);
    watchdog.stop_asking();
    signals.let_interrupt_kill();
    (*server)->stop();
    journal.info("stopped");
    return 0;
}

}  // namespace updraft::app
