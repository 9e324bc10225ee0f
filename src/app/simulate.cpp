#include "app/simulate.h"

#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <iostream>
#include <string>
#include <utility>

#include "app/fleet_enrolment.h"
#include "app/setting_values.h"
#include "simulator/fleet.h"

namespace updraft::app {
namespace {

struct Flags {
    cli::Endpoint endpoint;
    std::string admin_token;
    Enrolment enrolment;
    std::string credentials;
    std::string save_credentials;
    std::string gateway_token;
    simulator::FleetOptions fleet;
    simulator::Behaviour behaviour;
    std::string download_rate;
    double install_seconds = 5;
    double polling_seconds = -1;
    double ramp_seconds = -1;
    double seconds = 0;
    std::int64_t upgrades = 0;
    bool create = false;
    bool quiet = false;
    bool events = false;
};

Millis millis(double seconds) { return Millis{static_cast<std::int64_t>(seconds * 1000)}; }

void add_rate(CLI::App& command, std::string const& flag, double& rate, std::string const& help) {
    command.add_option(flag, rate, help)->check(CLI::Range(0.0, 1.0))->capture_default_str();
}

void add_source_flags(CLI::App& command, Flags& flags) {
    command.add_option("--url", flags.endpoint.url, "The server's address")
        ->envname("UPDRAFT_URL")
        ->capture_default_str();
    command.add_option("--tenant", flags.fleet.tenant, "In the path of every request")
        ->capture_default_str();
    command.add_option("--devices", flags.enrolment.devices, "How many")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
    command.add_option("--credentials", flags.credentials,
                       "File with a line did,token[,version] for each device");
    command.add_option("--gateway-token", flags.gateway_token,
                       "Credential of a gateway, for lines without a token");
    command.add_flag("--create", flags.create, "Make the devices first, by the admin API");
    command.add_option("--admin-token", flags.admin_token, "For --create")
        ->envname("UPDRAFT_ADMIN_TOKEN");
    command.add_option("--did-prefix", flags.enrolment.did_prefix, "Of the devices made")
        ->capture_default_str();
    command.add_option("--model", flags.enrolment.models, "Of the devices made; several: in turn");
    command.add_option("--firmware-version", flags.enrolment.version, "Of the devices made")
        ->capture_default_str();
    command.add_option("--open-id", flags.enrolment.open_id, "Whose the devices made are");
    command.add_option("--gateways", flags.enrolment.gateways,
                       "Also make so many gateways; the devices are their sub-devices");
    command.add_option("--save-credentials", flags.save_credentials,
                       "Write the devices made to this file, for --credentials");
}

void add_behaviour_flags(CLI::App& command, Flags& flags) {
    auto& behaviour = flags.behaviour;
    command.add_option("--install-seconds", flags.install_seconds, "How long installing takes")
        ->check(CLI::Range(0.0, 86'400.0))
        ->capture_default_str();
    command.add_option("--download-rate", flags.download_rate,
                       "Bytes a second and device, such as 256KiB; without it as fast as it goes");
    command
        .add_option("--polling", flags.polling_seconds,
                    "Seconds between polls, instead of what the server says")
        ->check(CLI::Range(0.05, 86'400.0));
    add_rate(command, "--failure-rate", behaviour.failure_rate, "Share of upgrades that fail");
    add_rate(command, "--wrong-hash-rate", behaviour.wrong_hash_rate,
             "Share of downloads whose hash is found wrong");
    add_rate(command, "--cut-rate", behaviour.cut_rate,
             "Share of downloads that are cut in the middle and resumed");
    add_rate(command, "--fallback-rate", behaviour.fallback_rate,
             "Share of upgrades after which the old version runs again");
    add_rate(command, "--silence-rate", behaviour.silence_rate,
             "Share of upgrades in which the device dies without a word");
    add_rate(command, "--rejection-rate", behaviour.rejection_rate,
             "Share of upgrades that the device rejects");
    add_rate(command, "--cancel-refusal-rate", behaviour.cancel_refusal_rate,
             "Share of cancels that the device refuses");
    command
        .add_option("--version-attribute", behaviour.version_attribute,
                    "The configData attribute that holds the version")
        ->capture_default_str();
}

void add_run_flags(CLI::App& command, Flags& flags) {
    command.add_option("--seconds", flags.seconds, "End after so long (0: until Ctrl-C)")
        ->check(CLI::Range(0.0, 31'536'000.0));
    command.add_option("--upgrades", flags.upgrades, "End after so many upgrades (0: don't count)")
        ->check(CLI::Range(0, 1'000'000'000));
    command.add_option("--connections", flags.fleet.connections_max, "At once, at most")
        ->check(CLI::Range(4, 100'000))
        ->capture_default_str();
    command
        .add_option("--ramp", flags.ramp_seconds,
                    "Seconds over which the first polls are spread (without it: 1 s for each "
                    "500 devices)")
        ->check(CLI::Range(0.0, 86'400.0));
    command.add_option("--seed", flags.fleet.seed, "Of all that happens by chance")
        ->capture_default_str();
    command.add_flag("--insecure", flags.fleet.trusts_any_certificate,
                     "Don't check the server's certificate");
    command.add_flag("--events", flags.events, "Print a line for each thing that happens");
    command.add_flag("--quiet", flags.quiet, "Print nothing but trouble");
}

std::atomic<simulator::Fleet*> running_fleet{nullptr};

void stop_running_fleet(int) {
    if (auto* const fleet = running_fleet.load()) fleet->stop();
}

std::string summary(simulator::Tally const& tally, std::size_t devices, double polls_per_second) {
    auto text = std::to_string(devices) + " devices: " + std::to_string(tally.polls) + " polls (" +
                std::to_string(static_cast<std::int64_t>(polls_per_second)) + "/s), " +
                std::to_string(tally.active) + " active, " + std::to_string(tally.succeeded) +
                " done, " + std::to_string(tally.failed) + " failed, " +
                std::to_string(tally.cancelled) + " cancelled";
    auto const add = [&](std::int64_t count, char const* what) {
        if (count > 0) text += ", " + std::to_string(count) + " " + what;
    };
    add(tally.dropped, "dropped");
    add(tally.silent, "silent");
    add(tally.fell_back, "fell back");
    add(tally.resumed, "downloads resumed");
    add(tally.unanswered, "unanswered");
    add(tally.refused, "refused (401)");
    return text;
}

// What the fleet reports while it runs, and whether it goes on.
class Watch {
public:
    Watch(Flags const& flags, std::size_t devices) : flags_(flags), devices_(devices) {}

    void event(std::string const& line) {
        clear_line();
        std::cout << line << std::endl;
    }
    bool beat(simulator::Tally const& tally) {
        auto const now = std::chrono::steady_clock::now();
        auto const elapsed = std::chrono::duration<double>(now - last_).count();
        if (live_) {
            auto const rate = static_cast<double>(tally.polls - polls_) / std::max(elapsed, 0.001);
            std::cout << "\r\x1b[K" << summary(tally, devices_, rate) << std::flush;
            drawn_ = true;
        }
        last_ = now;
        polls_ = tally.polls;
        if (flags_.upgrades > 0 && tally.ended() >= flags_.upgrades) return false;
        return flags_.seconds <= 0 || seconds() < flags_.seconds;
    }
    void clear_line() {
        if (std::exchange(drawn_, false)) std::cout << "\r\x1b[K";
    }
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    Flags const& flags_;
    std::size_t devices_;
    bool live_ = ::isatty(STDOUT_FILENO) == 1 && !flags_.quiet;
    bool drawn_ = false;
    std::int64_t polls_ = 0;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point last_ = start_;
};

Result<std::vector<simulator::Member>> members_of(Flags& flags) {
    if (!flags.create) {
        TRY_ASSIGN(auto members, read_members(flags.credentials, flags.gateway_token));
        return members;
    }
    flags.endpoint.token = Secret(flags.admin_token);
    TRY_ASSIGN(auto members, enrol(flags.endpoint, flags.enrolment));
    if (!flags.save_credentials.empty()) TRY(write_members(flags.save_credentials, members));
    return members;
}

// 0 when every answer was one that a device understands and the goal was reached.
int verdict(Flags const& flags, simulator::Tally const& tally) {
    for (auto const& [what, count] : tally.unexpected) {
        std::cerr << "unexpected, " << count << " times: " << what << '\n';
    }
    if (tally.polls == 0) std::cerr << "no poll was ever answered\n";
    auto const short_of_goal = flags.upgrades > 0 && tally.ended() < flags.upgrades;
    if (short_of_goal) {
        std::cerr << "only " << tally.ended() << " of " << flags.upgrades << " upgrades ended\n";
    }
    auto const bad = !tally.unexpected.empty() || tally.polls == 0 || tally.refused > 0;
    return bad || short_of_goal ? 1 : 0;
}

Result<int> simulate(Flags& flags) {
    while (flags.endpoint.url.ends_with('/')) flags.endpoint.url.pop_back();
    TRY_ASSIGN(auto members, members_of(flags));
    if (!flags.create && members.size() > flags.enrolment.devices) {
        members.resize(flags.enrolment.devices);
    }
    flags.behaviour.install = millis(flags.install_seconds);
    if (flags.polling_seconds >= 0) flags.behaviour.polling = millis(flags.polling_seconds);
    if (!flags.download_rate.empty()) {
        auto const rate = read_size(flags.download_rate);
        if (!rate) return fail(Errc::invalid, "--download-rate " + rate.error().detail);
        flags.behaviour.download_rate = *rate;
    }
    auto const count = members.size();
    auto const ramp = static_cast<double>(count) / 500;
    flags.fleet.ramp = millis(flags.ramp_seconds >= 0 ? flags.ramp_seconds : ramp);
    flags.fleet.url = flags.endpoint.url;

    simulator::Fleet fleet(flags.fleet, flags.behaviour, std::move(members));
    Watch watch(flags, count);
    if (flags.events) fleet.on_event([&](std::string const& line) { watch.event(line); });
    fleet.on_beat([&](simulator::Tally const& tally) { return watch.beat(tally); });
    running_fleet.store(&fleet);
    std::signal(SIGINT, &stop_running_fleet);
    std::signal(SIGTERM, &stop_running_fleet);
    auto const ran = fleet.run();
    running_fleet.store(nullptr);
    watch.clear_line();
    TRY(ran);
    auto const& tally = fleet.tally();
    if (!flags.quiet) {
        auto const rate = static_cast<double>(tally.polls) / std::max(watch.seconds(), 0.001);
        std::cout << summary(tally, count, rate) << std::endl;
    }
    return verdict(flags, tally);
}

}  // namespace

void add_simulate(CLI::App& root, int& exit_status) {
    auto flags = std::make_shared<Flags>();
    auto* const command = root.add_subcommand(
        "simulate", "Run a fleet of devices that speak hawkBit DDI to any server");
    add_source_flags(*command, *flags);
    add_behaviour_flags(*command, *flags);
    add_run_flags(*command, *flags);
    command->callback([flags, &exit_status] {
        auto const wrong = [&](char const* what) {
            std::cerr << "updraft simulate: " << what << '\n';
            exit_status = 2;
        };
        if (flags->create == !flags->credentials.empty()) {
            return wrong("give either --create or --credentials FILE");
        }
        if (flags->create && flags->enrolment.models.empty()) {
            return wrong("--create needs --model");
        }
        if (flags->create && flags->admin_token.empty()) {
            return wrong("--create needs --admin-token or UPDRAFT_ADMIN_TOKEN");
        }
        auto const status = simulate(*flags);
        if (!status) std::cerr << "updraft simulate: " << status.error().detail << '\n';
        exit_status = status ? *status : 1;
    });
}

}  // namespace updraft::app
