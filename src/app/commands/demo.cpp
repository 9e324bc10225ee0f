#include "app/commands/demo.h"

#include <csignal>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "app/commands/demo_guide.h"
#include "app/commands/demo_stage.h"
#include "app/process/signals.h"
#include "app/process/system_clock.h"
#include "app/process/system_id_source.h"
#include "app/process/temporary_folder.h"
#include "app/settings/settings.h"
#include "app/watch/journal.h"
#include "app/wiring.h"
#include "simulator/fleet.h"
#include "simulator/push_receiver.h"
#include "text/clean_text.h"

namespace updraft::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds polling{2};
constexpr Millis install_time{9'000};
constexpr std::int64_t download_rate = 300'000;  // Bytes per second: a download takes seconds.
constexpr std::chrono::hours token_life{24 * 7};

// Prints lines of several threads: immediately, and never two lines mixed.
class Terminal {
public:
    void say(std::string const& line) {
        std::scoped_lock const lock(mutex_);
        std::cout << line << std::endl;
    }

private:
    std::mutex mutex_;
};

// The data directory: the given folder, or a temporary one, which is removed together with `own`.
Result<std::string> data_folder(std::string const& given, std::optional<TemporaryFolder>& own) {
    if (given.empty()) {
        TRY_ASSIGN(auto made, TemporaryFolder::make("updraft-demo"));
        return own.emplace(std::move(made)).path().string();
    }
    std::error_code trouble;
    auto const type = fs::status(given, trouble).type();
    if (type == fs::file_type::not_found) return given;
    fs::directory_iterator const inside(given, trouble);
    if (trouble) return fail(Errc::invalid, given + " cannot be read: " + trouble.message());
    if (inside == fs::directory_iterator{}) return given;
    return fail(Errc::invalid, given + " is not empty: a demo needs an empty folder");
}

// A fleet that runs on a thread of its own while this lives.
class RunningFleet {
public:
    RunningFleet(simulator::FleetOptions options, simulator::Behaviour behaviour,
                 std::vector<simulator::Member> members, Terminal& terminal)
        : fleet_(std::move(options), std::move(behaviour), std::move(members)) {
        fleet_.on_event([&terminal](std::string const& line) {
            terminal.say("device  " + text::one_line(line));
        });
        thread_ = std::thread([this, &terminal] {
            if (auto const ran = fleet_.run(); !ran)
                terminal.say("fleet: " + text::one_line(ran.error().detail));
        });
    }
    ~RunningFleet() {
        fleet_.stop();
        thread_.join();
    }
    RunningFleet(RunningFleet const&) = delete;
    RunningFleet& operator=(RunningFleet const&) = delete;

private:
    simulator::Fleet fleet_;
    std::thread thread_;
};

// A demo has settings of its own; those of the server around it, such as its database, are not for
// it.
Result<void> refuse_setting_variables(SettingSources sources) {
    sources.environment = process_environment();
    auto const loaded = load_settings(sources);
    if (!loaded.problems.empty()) return fail(Errc::invalid, loaded.problems.front());
    if (loaded.settings.variables.empty()) return {};
    return fail(Errc::invalid, loaded.settings.variables.front() +
                                   ": a demo has settings of its own: unset this variable");
}

Result<Settings> demo_settings(std::string const& folder, std::string const& listen) {
    SettingSources sources;
    sources.data_dir = folder;
    sources.listen = {listen};
    TRY(refuse_setting_variables(sources));
    auto loaded = load_settings(sources);
    if (!loaded.problems.empty()) return fail(Errc::invalid, loaded.problems.front());
    auto& settings = loaded.settings;
    settings.push.allow_http = true;
    settings.push.allow_networks = {Network{"127.0.0.0/8"}};
    settings.push.progress_interval = std::chrono::seconds{1};
    settings.ddi.polling = polling;
    settings.limits.requests_per_minute_per_device = 0;  // Its devices poll and report very often.
    settings.tokens.access = token_life;
    settings.log.level = LogLevel::warn;
    return std::move(settings);
}

// Starts on the given address, or, when its port is in use, on a free port of it.
Result<std::unique_ptr<Server>> start_server(Settings settings, Journal& journal,
                                             Terminal& terminal) {
    auto const wanted = settings.server.listen.front();
    auto server = Server::start(settings, journal);
    if (server || server.error().code != Errc::unavailable || wanted.port == 0) return server;
    terminal.say(wanted.written() + " is taken (" + text::one_line(server.error().detail) +
                 "); taking a free port instead");
    settings.server.listen.front().port = 0;
    return Server::start(std::move(settings), journal);
}

// The path of this program, for the printed commands.
std::string own_path() {
    std::error_code trouble;
    auto const path = fs::read_symlink("/proc/self/exe", trouble);
    return trouble ? std::string("updraft") : path.string();
}

Result<void> run_demo(std::string const& data, std::string const& listen) {
    // Before any thread is made: threads inherit the signal mask.
    Signals signals;
    Terminal terminal;
    std::optional<TemporaryFolder> own;
    TRY_ASSIGN(auto const folder, data_folder(data, own));
    TRY_ASSIGN(auto settings, demo_settings(folder, listen));
    Journal journal(settings.log.level, settings.log.format);
    SystemClock const clock;
    SystemIdSource id_source;
    auto tell = [&terminal](std::string const& line) {
        terminal.say("push    " + text::one_line(line));
    };
    TRY_ASSIGN(auto const receiver, simulator::PushReceiver::open(clock, id_source, tell));
    TRY_ASSIGN(auto const server, start_server(std::move(settings), journal, terminal));
    auto const origin = server->origins().front();
    terminal.say("listening on " + origin);
    auto const admin_token = server->admin_token();
    if (!admin_token) return fail(Errc::unavailable, "the new admin token cannot be read");

    cli::Endpoint endpoint;
    endpoint.url = origin;
    endpoint.token = *admin_token;
    auto const trust = [&](Secret secret) { receiver->trust(std::move(secret)); };
    TRY_ASSIGN(auto stage, set_the_stage(endpoint, receiver->url(), trust));
    terminal.say(demo_guide(origin, stage, *admin_token, own_path()));

    simulator::FleetOptions options;
    options.url = origin;
    options.connections_max = 16;
    simulator::Behaviour behaviour;
    behaviour.install = install_time;
    behaviour.download_rate = download_rate;
    auto bad_behaviour = behaviour;
    bad_behaviour.failure_rate = 1;
    {
        RunningFleet const fleet(options, behaviour, std::move(stage.members), terminal);
        RunningFleet const unlucky(options, bad_behaviour, std::move(stage.unlucky), terminal);
        while (signals.wait() == SIGHUP) {
        }
        signals.let_interrupt_kill();
    }
    server->stop();
    terminal.say("the demo has ended");
    return {};
}

}  // namespace

void add_demo(cli::Syntax const& root) {
    struct Flags {
        std::string data;
        std::string listen = "127.0.0.1:8080";
    };
    auto flags = std::make_shared<Flags>();
    auto const syntax = root.command(
        "demo",
        "Run a server with an app, users, simulated devices and a push receiver on this machine.");
    syntax.option("--data", flags->data,
                  "Empty or new data directory, which stays; without it, a temporary one.");
    syntax.option("--listen", flags->listen, "ADDRESS:PORT of the server.").show_default();
    syntax.when_given([flags] {
        auto const ran = run_demo(flags->data, flags->listen);
        if (!ran) std::cerr << "updraft demo: " << text::one_line(ran.error().detail) << '\n';
        return ran ? 0 : 1;
    });
}

}  // namespace updraft::app
