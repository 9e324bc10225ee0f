#include "app/settings_keys.h"

#include <cctype>

#include "app/setting_readers.h"

namespace updraft::app {
namespace {

using reading::at;
using reading::count;
using reading::duration;
using reading::many;
using reading::one;
using reading::size;
using reading::text;
using reading::truth;

using S = Settings;
constexpr Millis one_ms{1};
constexpr Millis one_s{1000};
constexpr Millis url_ttl_max = std::chrono::days{7};  // S3 takes no more.
constexpr std::int64_t million = 1'000'000;

std::vector<SettingKey> server_keys() {
    return {
        {"server", "listen", R"(["127.0.0.1:8080"])", "",
         "Where to listen: one or several ADDRESS:PORT; port 0 is any free one.",
         many(at(&S::server, &S::Server::listen), read_endpoint, 1)},
        {"server", "threads", "0", "", "I/O threads; 0 is one for each core.",
         count(at(&S::server, &S::Server::threads), 0, 1024)},
        {"server", "trusted_proxies", "[]", "",
         "Networks of reverse proxies whose X-Forwarded-Proto, -Host and -Port are believed.",
         many(at(&S::server, &S::Server::trusted_proxies), read_network)},
        {"server", "utc_offset", R"("+08:00")", "",
         "Where the calendar days of the open API (releaseDate, upgradeDate) are reckoned.",
         one(at(&S::server, &S::Server::utc_offset), read_offset)},
        {"server", "drain_timeout", R"("10s")", "",
         "After SIGTERM: how long requests under way may take to finish.",
         duration(at(&S::server, &S::Server::drain_timeout))},
        {"tls", "cert", "", R"("/etc/updraft/cert.pem")",
         "Certificate chain (PEM). With cert and key every listener speaks TLS; SIGHUP reads both\n"
         "files again. EC keys cost far less than RSA ones.",
         text(at(&S::tls, &S::Tls::cert))},
        {"tls", "key", "", R"("/etc/updraft/key.pem")", "Its private key (PEM).",
         text(at(&S::tls, &S::Tls::key))},
        {"store", "url", "", R"("sqlite:DIR/updraft.db")",
         "sqlite:PATH or postgresql://…; by default a SQLite file in the data directory.",
         one(at(&S::store, &S::Store::url), read_store_url)},
        {"store", "durability", R"("power")", "",
         "\"power\": what was acknowledged survives a power loss. \"process\": it survives a crash "
         "of\n"
         "the process only, and writes are cheaper.",
         one(at(&S::store, &S::Store::durability), read_durability)},
        {"store", "connections", "12", "",
         "Connections to a PostgreSQL server, two of them for writing. An instance opens a few "
         "more\n"
         "(at most 6) for its own work; SQLite needs none of this.",
         count(at(&S::store, &S::Store::connections), 3, 1000)},
        {"store", "prepare", "true", "",
         "false: through a pooler that gives each transaction another session (PgBouncer with\n"
         "pool_mode = transaction). Statements are then sent in full each time.",
         truth(at(&S::store, &S::Store::prepare))},
        {"secrets", "key_file", "", R"("DIR/secret.key")",
         "The key that Appkeys and push secrets are sealed with. Made at the first start. Back it "
         "up\n"
         "apart from the store: neither is of use without the other.",
         text(at(&S::secrets, &S::Secrets::key_file))},
    };
}

// An empty text: no bucket.
Result<std::optional<bucket::Place>> read_artifact_store(std::string const& given) {
    if (given.empty()) return std::optional<bucket::Place>{};
    TRY_ASSIGN(auto place, bucket::read_place(given));
    return std::optional(std::move(place));
}

std::vector<SettingKey> firmware_keys() {
    return {
        {"firmware", "dir", "", R"("DIR/firmware")",
         "The folder that artifacts are kept in, unless they are in a bucket.",
         text(at(&S::firmware, &S::Firmware::dir))},
        {"firmware", "max_size", R"("1GiB")", "", "The largest artifact that may be uploaded.",
         size(at(&S::firmware, &S::Firmware::max_size))},
        {"firmware", "max_downloads", "1000", "",
         "Downloads at the same time; above it devices are told to come again (503).",
         count(at(&S::firmware, &S::Firmware::max_downloads), 1, million)},
        {"firmware", "scrub_period", R"("7d")", "",
         "In this time every artifact is read once and compared with its digest.",
         duration(at(&S::firmware, &S::Firmware::scrub_period), one_s)},
        {"firmware", "store", R"("")", "",
         "s3://BUCKET or s3://BUCKET/PREFIX: artifacts are in an S3-compatible bucket, and "
         "devices\n"
         "may fetch them there. Empty: they are in `dir`. What follows is for a bucket alone.",
         one(at(&S::firmware, &S::Firmware::store), read_artifact_store)},
        {"firmware", "endpoint", "", R"("https://s3.eu-central-1.amazonaws.com")",
         "Where we reach the bucket; \"{bucket}\" in it stands for its name\n"
         "(https://{bucket}.s3.example.net), or else the name comes first in the path. By default\n"
         "the address of AWS in that region.",
         one(at(&S::firmware, &S::Firmware::endpoint), bucket::read_base_address)},
        {"firmware", "region", R"("us-east-1")", "", "The region that requests are signed for.",
         text(at(&S::firmware, &S::Firmware::region))},
        {"firmware", "access_key", "", R"("AKIA…")", "The access key of whoever signs.",
         text(at(&S::firmware, &S::Firmware::access_key))},
        {"firmware", "secret_key_file", "", R"("/etc/updraft/s3-secret")",
         "A file that holds the secret key, and that nobody else may read (0600).",
         text(at(&S::firmware, &S::Firmware::secret_key_file))},
        {"firmware", "public_url", "", R"("https://firmware.example.net")",
         "Where devices reach the bucket, when that is not the endpoint: written like it.",
         one(at(&S::firmware, &S::Firmware::public_url), bucket::read_base_address)},
        {"firmware", "url_ttl", R"("1h")", "",
         "How long a signed address lets a device begin a download, at most 7d.",
         duration(at(&S::firmware, &S::Firmware::url_ttl), one_s, url_ttl_max)},
        {"firmware", "cache_dir", "", R"("DIR/firmware-cache")",
         "Where artifacts of the bucket are kept that devices fetch through us.",
         text(at(&S::firmware, &S::Firmware::cache_dir))},
        {"firmware", "cache_size", R"("10GiB")", "",
         "Above it, what was asked for longest ago goes from the cache.",
         size(at(&S::firmware, &S::Firmware::cache_size))},
    };
}

std::vector<SettingKey> token_keys() {
    return {
        {"tokens", "access_ttl", R"("2h")", "", "How long an access token lives.",
         duration(at(&S::tokens, &access::Lifetimes::access), one_ms)},
        {"tokens", "refresh_ttl", R"("30d")", "", "How long a refresh token lives.",
         duration(at(&S::tokens, &access::Lifetimes::refresh), one_ms)},
        {"tokens", "code_ttl", R"("10m")", "", "How long an authorisation code can be redeemed.",
         duration(at(&S::tokens, &access::Lifetimes::code), one_ms)},
    };
}

std::vector<SettingKey> push_keys() {
    return {
        {"push", "allow_http", "false", "",
         "Whether push URLs may be http; else only https is accepted.",
         truth(at(&S::push, &S::Push::allow_http))},
        {"push", "allow_networks", "[]", "",
         "Networks, or networks with one port, that pushes may reach although they are not "
         "public:\n"
         "\"10.0.0.0/8\", \"127.0.0.1/32:9000\".",
         many(at(&S::push, &S::Push::allow_networks), read_network_with_port)},
        {"push", "ca_file", "", R"("/etc/updraft/receivers-ca.pem")",
         "Certificates (PEM) that vouch for receivers, instead of those of the system.",
         text(at(&S::push, &S::Push::ca_file))},
        {"push", "timeout", R"("10s")", "", "Within this time a receiver must have answered.",
         duration(at(&S::push, &S::Push::timeout), one_ms)},
        {"push", "retry_schedule", R"(["5s", "30s", "2m", "10m", "30m", "1h", "2h", "4h"])", "",
         "Pauses between the attempts of a result or notice, ±20 %; the last one repeats.",
         many(
             at(&S::push, &S::Push::retry_schedule),
             [](std::string const& given) -> Result<Millis> {
                 TRY_ASSIGN(auto const pause, read_duration(given));
                 TRY(reading::within(pause, one_ms, Millis::max()));
                 return pause;
             },
             1)},
        {"push", "give_up_after", R"("72h")", "",
         "At this age an undelivered message becomes a dead letter: kept, listed, replayable.",
         duration(at(&S::push, &S::Push::give_up_after), one_ms)},
        {"push", "progress_interval", R"("3s")", "",
         "At most one progress message for each device in this time.",
         duration(at(&S::push, &S::Push::progress_interval))},
        {"push", "suspend_after", "10", "", "Failed attempts in a row that suspend a push URL.",
         count(at(&S::push, &S::Push::suspend_after), 1, million)},
        {"push", "probe_after", R"("30s")", "",
         "First pause before a suspended URL is probed; it doubles up to 15 minutes.",
         duration(at(&S::push, &S::Push::probe_after), one_ms)},
        {"push", "reverify_every", R"("24h")", "", "How often a push URL is verified again.",
         duration(at(&S::push, &S::Push::reverify_every), one_ms)},
        {"push", "max_in_flight_per_app", "32", "", "Pushes to one app at the same time.",
         count(at(&S::push, &S::Push::max_in_flight_per_app), 1, 10'000)},
        {"upgrade", "queue_timeout", R"("7d")", "",
         "An upgrade that its device never fetched expires after this time.",
         duration(at(&S::upgrade, &upgrade::Limits::queue_timeout), one_ms)},
        {"upgrade", "stall_timeout", R"("24h")", "",
         "An upgrade that was fetched fails after this time without a sign of life.",
         duration(at(&S::upgrade, &upgrade::Limits::stall_timeout), one_ms)},
        {"upgrade", "verify_timeout", R"("30m")", "",
         "For models whose success is a version: how long the device may take to report it.",
         duration(at(&S::upgrade, &upgrade::Limits::verify_timeout), one_ms)},
        {"upgrade", "max_concurrent_per_gateway", "1", "",
         "Sub-devices of one gateway that are upgraded at the same time.",
         count(at(&S::upgrade, &upgrade::Limits::concurrent_per_gateway_max), 1, million)},
        {"upgrade", "history_retention", R"("180d")", "", "How long finished upgrades are kept.",
         duration(at(&S::upgrade, &upgrade::Limits::history_retention), one_s)},
    };
}

std::vector<SettingKey> edge_keys() {
    return {
        {"ddi", "enabled", "true", "", "Whether devices are served.",
         truth(at(&S::ddi, &S::Ddi::enabled))},
        {"ddi", "polling", R"("00:05:00")", "",
         "How often devices are asked to poll (HH:MM:SS); a model may have its own interval.",
         one(at(&S::ddi, &S::Ddi::polling), read_clock_time)},
        {"ddi", "version_attribute", R"("firmwareVersion")", "",
         "The device attribute that tells which firmware runs.",
         text(at(&S::ddi, &S::Ddi::version_attribute))},
        {"limits", "requests_per_second_per_app", "200", "",
         "Open API calls of one app; 0 is no limit.",
         count(at(&S::limits, &S::Limits::requests_per_second_per_app), 0, million)},
        {"limits", "burst_per_app", "400", "", "Calls that an app may make at once after a rest.",
         count(at(&S::limits, &S::Limits::burst_per_app), 1, million)},
        {"limits", "connections", "100000", "", "Open connections, all listeners together.",
         count(at(&S::limits, &S::Limits::connections), 1, 10 * million)},
        {"limits", "header_timeout", R"("10s")", "", "A request's header must be complete by then.",
         duration(at(&S::limits, &S::Limits::header_timeout), one_ms)},
        {"limits", "body_timeout", R"("30s")", "", "A JSON body must be complete by then.",
         duration(at(&S::limits, &S::Limits::body_timeout), one_ms)},
        {"limits", "transfer_stall", R"("60s")", "",
         "An upload or download in which no byte moved for this time is cut.",
         duration(at(&S::limits, &S::Limits::transfer_stall), one_ms)},
        {"limits", "idle_timeout", R"("75s")", "",
         "A kept-alive connection without a request is closed after this time.",
         duration(at(&S::limits, &S::Limits::idle_timeout), one_ms)},
        {"metrics", "listen", "", R"("127.0.0.1:9464")",
         "A listener of its own for GET /metrics, without a token. Else the main listener has it,\n"
         "for the admin token.",
         one(at(&S::metrics, &S::Metrics::listen), read_endpoint)},
        {"log", "level", R"("info")", "", "debug, info, warn, error or off.",
         one(at(&S::log, &S::Log::level), read_log_level)},
        {"log", "format", R"("text")", "", "text, or json: one object a line.",
         one(at(&S::log, &S::Log::format), read_log_format)},
    };
}

std::vector<SettingKey> all_keys() {
    auto keys = server_keys();
    for (auto const& more : {firmware_keys(), token_keys(), push_keys(), edge_keys()}) {
        keys.insert(keys.end(), more.begin(), more.end());
    }
    return keys;
}

}  // namespace

std::span<SettingKey const> setting_keys() {
    static std::vector<SettingKey> const keys = all_keys();
    return keys;
}

std::string environment_name(SettingKey const& key) {
    auto name = "UPDRAFT_" + std::string(key.section) + "_" + std::string(key.key);
    for (auto& letter : name) {
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    return name;
}

std::string example_configuration() {
    std::string out =
        "# Every setting of Updraft with its default; `updraft config example` prints this file.\n"
        "# Durations: \"200ms\", \"5s\", \"10m\", \"24h\", \"7d\". Sizes: \"64KiB\", \"1GiB\".\n"
        "# DIR is the data directory (--data). The environment wins over this file:\n"
        "# UPDRAFT_<SECTION>_<KEY>, lists separated by commas; the command line wins over both.\n";
    std::string_view section;
    for (auto const& key : setting_keys()) {
        if (key.section != section) out += "\n[" + std::string(key.section) + "]\n";
        section = key.section;
        out += "# ";
        for (auto const letter : key.meaning) {
            out += letter;
            if (letter == '\n') out += "# ";
        }
        out += "\n";
        auto const value = key.standard.empty() ? key.example : key.standard;
        out += (key.standard.empty() ? "#" : "") + std::string(key.key) + " = " +
               std::string(value) + "\n";
    }
    return out;
}

}  // namespace updraft::app
