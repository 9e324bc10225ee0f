#include "app/serve.h"

#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <utility>

#include "app/descriptors.h"
#include "app/journal.h"
#include "app/settings_keys.h"
#include "app/signals.h"
#include "app/wiring.h"

namespace updraft::app {
namespace {

// Prints what is wrong; 2 when a flag of the command line is, else 1.
int report(std::vector<std::string> const& problems) {
    auto usage = false;
    for (auto const& problem : problems) {
        std::cerr << "updraft: " << problem << "\n";
        usage = usage || problem.starts_with("--");
    }
    return usage ? 2 : 1;
}

void reload(Server& server, Journal& journal) {
    auto const reloaded = server.reload_tls();
    if (reloaded) {
        journal.info("certificates read again");
    } else {
        journal.error("certificates not read, the old ones stay",
                      {{"detail", reloaded.error().detail}});
    }
}

int serve(Settings settings) {
    // Whatever is made from here on is for its owner only.
    ::umask(077);
    // Before any thread is made: all of them inherit the mask.
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

}  // namespace

std::optional<Settings> settings_from(SettingSources sources, int& exit_status) {
    sources.environment = process_environment();
    auto loaded = load_settings(sources);
    if (loaded.problems.empty()) return std::move(loaded.settings);
    exit_status = report(loaded.problems);
    return std::nullopt;
}

std::shared_ptr<SettingSources> add_place_sources(CLI::App& app) {
    auto sources = std::make_shared<SettingSources>();
    app.add_option("--config", sources->file, "The configuration file (TOML).")
        ->envname("UPDRAFT_CONFIG");
    app.add_option("--data", sources->data_dir, "The data directory; made when it is not there.")
        ->envname("UPDRAFT_DATA")
        ->capture_default_str();
    app.add_option("--store", sources->store, "sqlite:PATH or postgresql://…");
    return sources;
}

std::shared_ptr<SettingSources> add_setting_sources(CLI::App& app) {
    auto sources = add_place_sources(app);
    app.add_option("--listen", sources->listen,
                   "ADDRESS:PORT, several times for several; port 0 is any free one.")
        ->allow_extra_args(false);
    return sources;
}

void add_serve(CLI::App& root, int& exit_status) {
    auto* const app = root.add_subcommand("serve", "Run the server until SIGTERM or Ctrl-C.");
    auto const sources = add_setting_sources(*app);
    app->callback([sources, &exit_status] {
        auto settings = settings_from(*sources, exit_status);
        if (settings) exit_status = serve(*std::move(settings));
    });
}

void add_config(CLI::App& root, int& exit_status) {
    auto* const config = root.add_subcommand("config", "The configuration");
    config->require_subcommand(1);
    auto* const check = config->add_subcommand("check", "Say whether the configuration is right.");
    auto const sources = add_setting_sources(*check);
    check->callback([sources, &exit_status] {
        if (settings_from(*sources, exit_status)) std::cout << "the configuration is right\n";
    });
    auto* const example =
        config->add_subcommand("example", "Print every setting with its meaning and default.");
    example->callback([] { std::cout << example_configuration(); });
}

}  // namespace updraft::app
