#include "app/commands/simulate.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "app/commands/bad_build_flag.h"
#include "app/commands/fleet_enrolment.h"
#include "app/settings/setting_values.h"
#include "simulator/fleet.h"
#include "text/clean_text.h"

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
    std::vector<std::string> bad_builds;
    std::vector<std::string> attributes;
    double install_seconds = 5;
    double polling_seconds = -1;
    double ramp_seconds = -1;
    double seconds = 0;
    std::int64_t upgrades = 0;
    bool create = false;
    bool order = false;
    bool quiet = false;
    bool events = false;
};

Millis millis(double seconds) { return Millis{static_cast<std::int64_t>(seconds * 1000)}; }

void add_rate(cli::Syntax const& syntax, std::string const& flag, double& rate,
              std::string const& help) {
    syntax.option(flag, rate, help).between(0.0, 1.0).show_default();
}

void add_server_flags(cli::Syntax const& syntax, Flags& flags) {
    syntax.option("--url", flags.endpoint.url, "URL of the server.")
        .variable("UPDRAFT_URL")
        .show_default();
    syntax.option("--tenant", flags.fleet.tenant, "Tenant in the path of every request.")
        .show_default();
    syntax.flag("--insecure", flags.fleet.trusts_any_certificate,
                "Accept any certificate of the server.");
}

void add_source_flags(cli::Syntax const& syntax, Flags& flags) {
    syntax.option("--devices", flags.enrolment.devices, "How many devices to run.")
        .between(1, 10'000'000)
        .show_default();
    syntax.option("--credentials", flags.credentials,
                  "File with one line did,token[,version] for each device.");
    syntax.option("--gateway-token", flags.gateway_token,
                  "Gateway token for the lines of --credentials that have no token.");
    syntax.flag("--create", flags.create, "Make the devices by the admin API, then run them.");
    syntax.option("--admin-token", flags.admin_token, "Admin token, for --create and --order.")
        .variable("UPDRAFT_ADMIN_TOKEN");
    syntax.flag("--insecure-http", flags.endpoint.insecure_http, cli::insecure_http_help);
    syntax.flag("--order", flags.order,
                "Order an upgrade of each device by the admin API, then run them.");
    syntax.option("--did-prefix", flags.enrolment.did_prefix, "--create: begin the dids with this.")
        .show_default();
    syntax.option("--model", flags.enrolment.models,
                  "--create: deviceModel; of several each device gets the next one.");
    syntax
        .option("--firmware-version", flags.enrolment.version,
                "--create: version that the devices run.")
        .show_default();
    syntax.option("--open-id", flags.enrolment.open_id,
                  "--create: user that the devices belong to.");
    syntax.option("--gateways", flags.enrolment.gateways,
                  "--create: make this many gateways too; the devices are their sub-devices.");
    syntax.option("--save-credentials", flags.save_credentials,
                  "--create: write a file for --credentials.");
}

void add_behaviour_flags(cli::Syntax const& syntax, Flags& flags) {
    auto& behaviour = flags.behaviour;
    syntax.option("--install-seconds", flags.install_seconds, "How long an installation takes.")
        .between(0.0, 86'400.0)
        .show_default();
    syntax.option("--download-rate", flags.download_rate,
                  "Bytes per second and device, such as 256KiB; without it, no limit.");
    syntax
        .option("--polling", flags.polling_seconds,
                "Seconds between two polls; without it, as the server says.")
        .between(0.05, 86'400.0);
    add_rate(syntax, "--failure-rate", behaviour.failure_rate, "Share of upgrades that fail.");
    add_rate(syntax, "--wrong-hash-rate", behaviour.wrong_hash_rate,
             "Share of downloads whose hash does not match.");
    add_rate(syntax, "--cut-rate", behaviour.cut_rate,
             "Share of downloads that break off and are resumed.");
    add_rate(syntax, "--fallback-rate", behaviour.fallback_rate,
             "Share of upgrades after which the device runs its old version again.");
    add_rate(syntax, "--silence-rate", behaviour.silence_rate,
             "Share of upgrades during which the device stops for ever and reports nothing.");
    add_rate(syntax, "--rejection-rate", behaviour.rejection_rate,
             "Share of upgrades that the device rejects.");
    add_rate(syntax, "--cancel-refusal-rate", behaviour.cancel_refusal_rate,
             "Share of cancels that the device refuses.");
    syntax.option("--bad-build", flags.bad_builds, bad_build_help).one_value_each();
    syntax.option("--attribute", flags.attributes, attribute_help).one_value_each();
    syntax
        .option("--version-attribute", behaviour.version_attribute,
                "Attribute of configData that holds the version.")
        .show_default();
}

void add_run_flags(cli::Syntax const& syntax, Flags& flags) {
    syntax.option("--seconds", flags.seconds, "End after this many seconds; 0: at Ctrl-C.")
        .between(0.0, 31'536'000.0);
    syntax.option("--upgrades", flags.upgrades, "End after this many upgrades; 0: do not count.")
        .between(0, 1'000'000'000);
    syntax.option("--connections", flags.fleet.connections_max, "Most connections at a time.")
        .between(4, 100'000)
        .show_default();
    syntax
        .option("--ramp", flags.ramp_seconds,
                "Seconds over which the first polls are spread; without it, 1 s for every 500 "
                "devices.")
        .between(0.0, 86'400.0);
    syntax.option("--seed", flags.fleet.seed, "Seed of the random numbers.").show_default();
    syntax.flag("--events", flags.events, "Print a line for each event.");
    syntax.flag("--quiet", flags.quiet, "Print errors only.");
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

// One line for each outcome of an upgrade and each cause of a failure; empty without upgrades.
std::string by_cause(simulator::Tally const& tally) {
    std::vector<std::pair<std::int64_t, std::string>> rows;
    for (auto const& [why, count] : tally.failures) rows.emplace_back(count, "failed: " + why);
    std::ranges::sort(rows, std::ranges::greater{}, &std::pair<std::int64_t, std::string>::first);
    rows.insert(rows.begin(), {tally.succeeded, "succeeded"});
    rows.emplace_back(tally.cancelled, "cancelled");
    rows.emplace_back(tally.dropped, "ended by the server");
    rows.emplace_back(tally.silent, "silent: the device stopped without a report");
    rows.emplace_back(tally.active, "still running");
    std::string text;
    for (auto const& [count, outcome] : rows) {
        if (count <= 0) continue;
        auto digits = std::to_string(count);
        digits.insert(0, digits.size() < 8 ? 8 - digits.size() : 0, ' ');
        text += digits + "  " + text::one_line(outcome) + "\n";
    }
    return text.empty() ? text : "upgrades  cause\n" + text;
}

// Prints what the fleet does while it runs, and decides whether it continues.
class Watch {
public:
    Watch(Flags const& flags, std::size_t devices) : flags_(flags), devices_(devices) {}

    void event(std::string const& line) {
        clear_line();
        std::cout << text::one_line(line) << std::endl;
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

// A flag that was given and would have no effect; empty when there is none.
std::string without_effect(Flags const& flags) {
    if (flags.create) return flags.gateway_token.empty() ? "" : "--gateway-token";
    auto const& wanted = flags.enrolment;
    Enrolment const standard;
    if (wanted.did_prefix != standard.did_prefix) return "--did-prefix";
    if (!wanted.models.empty()) return "--model";
    if (wanted.version != standard.version) return "--firmware-version";
    if (!wanted.open_id.empty()) return "--open-id";
    if (wanted.gateways != standard.gateways) return "--gateways";
    return flags.save_credentials.empty() ? "" : "--save-credentials";
}

Result<std::vector<simulator::Member>> members_of(Flags& flags) {
    if (!flags.create) {
        TRY_ASSIGN(auto members, read_members(flags.credentials, flags.gateway_token));
        return members;
    }
    // Before devices are made whose tokens would be lost.
    if (!flags.save_credentials.empty()) TRY(may_write_members(flags.save_credentials));
    TRY_ASSIGN(auto members, enrol(flags.endpoint, flags.enrolment));
    if (!flags.save_credentials.empty()) TRY(write_members(flags.save_credentials, members));
    return members;
}

// Orders the upgrades, or says that nobody did.
Result<void> order_or_say(Flags const& flags, std::vector<simulator::Member> const& members) {
    if (!flags.order) {
        if (!flags.quiet) {
            std::cerr << "this command orders no upgrade: the devices only poll until somebody "
                         "does (--order orders one for each, updraft rollout create makes a "
                         "rollout)\n";
        }
        return {};
    }
    TRY_ASSIGN(auto const ordered, order_upgrades(flags.endpoint, members));
    if (flags.quiet) return {};
    std::cerr << "ordered: " << ordered.started << " upgrades";
    if (ordered.refused > 0) {
        std::cerr << "; refused: " << ordered.refused << ", " << text::one_line(ordered.why);
    }
    std::cerr << '\n';
    return {};
}

// The exit status: 0 when every answer was valid in the protocol and the goal was reached.
int verdict(Flags const& flags, simulator::Tally const& tally) {
    for (auto const& [what, count] : tally.unexpected) {
        std::cerr << "unexpected, " << count << " times: " << text::one_line(what) << '\n';
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
    TRY(order_or_say(flags, members));
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
        std::cout << summary(tally, count, rate) << '\n';
        auto const table = by_cause(tally);
        if (table.empty()) std::cerr << "no device was given an upgrade\n";
        std::cout << table << std::flush;
    }
    return verdict(flags, tally);
}

// Fills the behaviour from the flags that are lists. Errc::invalid names flag and value.
Result<void> read_lists(Flags& flags) {
    for (auto const& text : flags.bad_builds) {
        auto build = read_bad_build(text);
        if (!build) return fail(Errc::invalid, "--bad-build " + text + ": " + build.error().detail);
        flags.behaviour.bad_builds.push_back(*std::move(build));
    }
    auto attributes = read_attributes(flags.attributes);
    if (!attributes) return fail(Errc::invalid, "--attribute: " + attributes.error().detail);
    flags.behaviour.attributes = *std::move(attributes);
    return {};
}

}  // namespace

void add_simulate(cli::Syntax const& root) {
    auto flags = std::make_shared<Flags>();
    auto const syntax =
        root.command("simulate", "Run simulated devices that speak hawkBit DDI to any server.");
    add_server_flags(syntax, *flags);
    add_source_flags(syntax, *flags);
    add_behaviour_flags(syntax, *flags);
    add_run_flags(syntax, *flags);
    syntax.when_given([flags] {
        auto const wrong = [](std::string const& what) {
            std::cerr << "updraft simulate: " << what << '\n';
            return 2;
        };
        flags->endpoint.url = cli::server_url(flags->endpoint.url);
        if (flags->create == !flags->credentials.empty()) {
            return wrong("give either --create or --credentials FILE");
        }
        if (auto const idle = without_effect(*flags); !idle.empty()) {
            return wrong(idle + " goes with " + (flags->create ? "--credentials" : "--create") +
                         " only");
        }
        if (!flags->download_rate.empty()) {
            auto const rate = read_size(flags->download_rate);
            if (!rate) return wrong("--download-rate " + rate.error().detail);
            flags->behaviour.download_rate = *rate;
        }
        if (flags->create && flags->enrolment.models.empty()) {
            return wrong("--create needs --model");
        }
        if (auto const read = read_lists(*flags); !read) {
            return wrong(text::one_line(read.error().detail));
        }
        auto const operates = flags->create || flags->order;
        if (operates && flags->admin_token.empty()) {
            return wrong((flags->create ? "--create" : "--order") +
                         std::string(" needs --admin-token or UPDRAFT_ADMIN_TOKEN"));
        }
        if (operates) {
            auto token = cli::read_token({.token = flags->admin_token}, "");
            if (!token) return wrong(text::one_line(token.error().detail));
            flags->endpoint.token = *std::move(token);
            auto const safe = cli::may_take_token(flags->endpoint);
            if (!safe) return wrong(text::one_line(safe.error().detail));
        }
        auto const status = simulate(*flags);
        if (!status)
            std::cerr << "updraft simulate: " << text::one_line(status.error().detail) << '\n';
        return status ? *status : 1;
    });
}

}  // namespace updraft::app
