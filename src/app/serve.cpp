#include "app/serve.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <utility>

#include "app/process/descriptors.h"
#include "app/process/signals.h"
#include "app/watch/journal.h"
#include "app/wiring.h"

namespace updraft::app {
namespace {

void reload(Server& server, Journal& journal) {
    auto const reloaded = server.reload_tls();
    if (reloaded) {
        journal.info("certificates read again");
    } else {
        journal.error("certificates not read, the old ones stay",
                      {{"detail", reloaded.error().detail}});
    }
}

}  // namespace

int serve(Settings settings) {
    // Files made from here on can be read by their owner only.
    ::umask(077);
    // Its memory holds keys and tokens: no core dump, no debugger but root's, no /proc/PID/mem.
    ::prctl(PR_SET_DUMPABLE, 0);
    // Before any thread is made: threads inherit the signal mask.
    Signals signals;
    Journal journal(settings.log.level, settings.log.format);
    auto const wanted = static_cast<std::uint64_t>(settings.limits.connections);
    if (auto const descriptors = raise_descriptor_limit(); descriptors < wanted) {
        journal.warn("the system allows fewer descriptors than [limits] connections",
                     {{"descriptors", static_cast<std::int64_t>(descriptors)},
                      {"connections", settings.limits.connections}});
    }
    auto server = Server::start(std::move(settings), journal);
    if (!server) {
        journal.error("cannot start", {{"detail", server.error().detail}});
        return 1;
    }
    for (auto const& origin : (*server)->origins()) {
        std::cout << "listening on " << origin << "\n";
    }
    if (auto const origin = (*server)->metrics_origin()) {
        std::cout << "metrics on " << *origin << "\n";
    }
    std::cout << std::flush;
    auto signal = signals.wait();
    while (signal == SIGHUP) {
        reload(**server, journal);
        signal = signals.wait();
    }
    journal.info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    signals.let_interrupt_kill();
    (*server)->stop();
    journal.info("stopped");
    return 0;
}

}  // namespace updraft::app
