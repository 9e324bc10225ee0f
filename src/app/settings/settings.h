// The settings, from a file, the environment and the command line.
//
// Lives here: one struct for each section of the configuration, and loading all of them.
//
// Not here:   the table of keys with their defaults (app/settings/settings_keys.h), the form of a
//             duration (app/settings/setting_values.h), giving settings to the parts
//             (app/wiring.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "access/grant.h"
#include "app/settings/setting_values.h"
#include "bucket/address.h"
#include "upgrade/upgrade.h"
#include "vocabulary/instant.h"

namespace updraft::app {

// The defaults are in the table of keys (app/settings/settings_keys.cpp), not here.
struct Settings {
    struct Server {
        std::vector<Endpoint> listen;
        std::int64_t threads{};  // 0: one for each core.
        std::vector<Network> trusted_proxies;
        std::string time_zone;  // An IANA name or "±HH:MM".
        Millis drain_delay{};
        Millis drain_timeout{};
    } server;
    struct Tls {
        std::string cert;  // Both empty, or neither.
        std::string key;
    } tls;
    struct Admin {
        std::vector<Endpoint> listen;  // Empty: on the main listener.
    } admin;
    struct Store {
        StoreUrl url;
        Durability durability{};
        std::int64_t connections{};  // To a PostgreSQL server.
        bool prepare{};
    } store;
    struct Secrets {
        std::string key_file;
    } secrets;
    struct Firmware {
        std::string dir;
        std::int64_t max_size{};  // Bytes.
        std::int64_t max_downloads{};
        Millis scrub_period{};
        std::optional<bucket::Place> store;             // Absent: the folder.
        std::optional<bucket::BaseAddress> endpoint;    // Absent: AWS's, by the region.
        std::optional<bucket::BaseAddress> public_url;  // Absent: the endpoint.
        std::string region;
        std::string access_key;
        std::string secret_key_file;
        Millis url_ttl{};
        std::string cache_dir;
        std::int64_t cache_size{};  // Bytes.
    } firmware;
    access::Lifetimes tokens;
    struct Push {
        bool allow_http{};
        std::vector<Network> allow_networks;
        std::string ca_file;  // Empty: the roots of the system.
        std::string proxy;    // A URL, or the path of a file with one; empty: no proxy.
        Millis timeout{};
        std::vector<Millis> retry_schedule;
        Millis give_up_after{};
        Millis progress_interval{};
        std::int64_t suspend_after{};
        Millis probe_after{};
        Millis reverify_every{};
        std::int64_t max_in_flight_per_app{};
    } push;
    upgrade::Limits upgrade;
    struct Ddi {
        bool enabled{};
        std::chrono::seconds polling{};
        std::string version_attribute;
    } ddi;
    struct Limits {
        std::int64_t requests_per_second_per_app{};  // 0: no limit.
        std::int64_t burst_per_app{};
        std::int64_t connections{};
        std::int64_t users_per_app{};
        std::int64_t requests_per_minute_per_device{};  // 0: no limit.
        std::int64_t downloads_per_device{};            // 0: no limit.
        std::int64_t connections_per_address{};         // 0: no limit.
        std::int64_t body_memory{};                     // Bytes.
        Millis header_timeout{};
        Millis body_timeout{};
        Millis transfer_stall{};
        Millis idle_timeout{};
    } limits;
    struct Metrics {
        std::optional<Endpoint> listen;  // Absent: on the main listener.
    } metrics;
    struct Console {
        bool enabled{};
        Millis session_idle{};
        Millis session_max{};
        std::string identity_header;  // Empty: not used.
    } console;
    struct Audit {
        Millis retention{};
    } audit;
    struct Log {
        LogLevel level{};
        LogFormat format{};
    } log;

    std::string data_dir;                // From the command line only.
    std::vector<std::string> variables;  // The names of those that gave a value.
    std::vector<std::string> warnings;   // A sentence for each variable that has no meaning.
};

// The sources of settings, in order: a later source overrides an earlier one, and each source
// overrides the defaults.
struct SettingSources {
    std::optional<std::string> file;
    // "NAME=value" as in environ; only UPDRAFT_<SECTION>_<KEY> is read.
    std::vector<std::string> environment;
    std::string data_dir = "updraft-data";
    std::vector<std::string> listen;   // --listen; empty: not given.
    std::optional<std::string> store;  // --store.
};

// The settings, and all problems found; the settings are valid when there is none. Each problem is
// one sentence that names file, line and key, or the variable, or the flag.
struct LoadedSettings {
    Settings settings;
    std::vector<std::string> problems;
};
[[nodiscard]] LoadedSettings load_settings(SettingSources const& sources);

// The environment of this process.
[[nodiscard]] std::vector<std::string> process_environment();

}  // namespace updraft::app
